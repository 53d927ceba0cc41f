// Ops whose elements' places are data: rows taken from a table, rows added to one.
#include "ir/ops/indexing.h"

#include <algorithm>

#include "ir/ops/arithmetic.h"
#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

bool contains(const Integers& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// Whether the list holds distinct dimensions of that rank; in ascending order too if asked.
bool are_dimensions(const Integers& list, int64_t rank, bool ascending) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] < 0 || list[i] >= rank) return false;
    if (std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i), list[i]) !=
        list.begin() + static_cast<std::ptrdiff_t>(i))
      return false;
    if (ascending && i > 0 && list[i] < list[i - 1]) return false;
  }
  return true;
}

/// The dimensions below `rank` that the list leaves out.
Integers others(int64_t rank, const Integers& list) {
  Integers rest;
  for (int64_t d = 0; d < rank; ++d) {
    if (!contains(list, d)) rest.push_back(d);
  }
  return rest;
}

}  // namespace

GatherDimensions GatherDimensions::of(const Op& op) {
  const bool is_scatter = op.is("scatter");
  return {op.get<Integers>(is_scatter ? "update_window_dims" : "offset_dims"),
          op.get<Integers>(is_scatter ? "inserted_window_dims" : "collapsed_slice_dims"),
          op.get<Integers>(is_scatter ? "scatter_dims_to_operand_dims" : "start_index_map"),
          op.get<int64_t>("index_vector_dim")};
}

Integers GatherDimensions::window(int64_t table_rank) const {
  return others(table_rank, collapsed_slice);
}

namespace {

/// The attributes' names in messages.
struct Names {
  const char *offsets, *collapsed, *map;
};
constexpr Names kGather = {"offset_dims", "collapsed_slice_dims", "start_index_map"};
constexpr Names kScatter = {"update_window_dims", "inserted_window_dims",
                            "scatter_dims_to_operand_dims"};

/// Checks indices and dimension numbers; gives the shape of the tensor beside the table.
Expected<Shape> infer_rows(const Op& op, const Type& table, const Type& indices,
                           const GatherDimensions& g, const Names& names) {
  if (!is_integer(indices.element))
    return op_error(op, "indices must be integers, not {}", indices.to_string());
  if (g.index_vector < 0 || g.index_vector > indices.rank()) {
    return op_error(op, "index_vector_dim {} is no dimension of {}, nor the one after its last",
                    g.index_vector, indices.to_string());
  }
  Shape rows = indices.shape;
  int64_t components = 1;
  if (g.index_vector < indices.rank()) {
    components = rows[static_cast<size_t>(g.index_vector)];
    rows.erase(rows.begin() + g.index_vector);
  }
  if (!are_dimensions(g.start_index_map, table.rank(), false) ||
      static_cast<int64_t>(g.start_index_map.size()) != components) {
    return op_error(op, "{} must name a dimension of {} for each of {} components of an index",
                    names.map, table.to_string(), components);
  }
  Integers sorted = g.start_index_map;
  std::sort(sorted.begin(), sorted.end());
  if (g.collapsed_slice != sorted) {
    return op_error(op, "{} must be the indexed dimensions {}, not {}", names.collapsed,
                    show(sorted), show(g.collapsed_slice));
  }
  const Integers window = g.window(table.rank());
  const auto rank = static_cast<int64_t>(rows.size() + window.size());
  if (!are_dimensions(g.offset, rank, true) || g.offset.size() != window.size()) {
    return op_error(op, "{} must name {} of {} dimensions in ascending order, not {}",
                    names.offsets, window.size(), rank, show(g.offset));
  }
  for (size_t i = 0; i < window.size(); ++i) {
    rows.insert(rows.begin() + g.offset[i], table.shape[static_cast<size_t>(window[i])]);
  }
  return rows;
}

/// Reads index vectors and finds the table's elements.
class Rows {
 public:
  Rows(const GatherDimensions& g, const Type& table, const Type& rows, const Literal& indices)
      : geometry_(g),
        table_(table.shape),
        window_(g.window(table.rank())),
        batch_(others(rows.rank(), g.offset)),
        indices_(indices) {}

  /// The index within the table of the row tensor's element `at`; the indexed dimensions are as the
  /// data says, in range or not.
  Shape table_index(const Shape& at) const {
    Shape index(table_.size());
    for (size_t i = 0; i < window_.size(); ++i) {
      index[static_cast<size_t>(window_[i])] = at[static_cast<size_t>(geometry_.offset[i])];
    }
    Shape place;
    for (int64_t d : batch_) place.push_back(at[static_cast<size_t>(d)]);
    const bool has_dimension = geometry_.index_vector < indices_.type().rank();
    if (has_dimension) place.insert(place.begin() + geometry_.index_vector, 0);
    const Shape strides = strides_of(indices_.type().shape);
    for (size_t k = 0; k < geometry_.start_index_map.size(); ++k) {
      if (has_dimension)
        place[static_cast<size_t>(geometry_.index_vector)] = static_cast<int64_t>(k);
      index[static_cast<size_t>(geometry_.start_index_map[k])] =
          indices_.get_int(offset_of(place, strides));
    }
    return index;
  }

  bool contains(const Shape& index) const {
    for (size_t d = 0; d < index.size(); ++d) {
      if (index[d] < 0 || index[d] >= table_[d]) return false;
    }
    return true;
  }

  Shape clamped(Shape index) const {
    for (size_t d = 0; d < index.size(); ++d)
      index[d] = std::clamp<int64_t>(index[d], 0, table_[d] - 1);
    return index;
  }

 private:
  const GatherDimensions& geometry_;
  Shape table_;
  Integers window_, batch_;
  const Literal& indices_;
};

// ---- gather: https://openxla.org/stablehlo/spec#gather

Expected<Types> infer_gather(const Op& op, std::span<const Type>) {
  const Type& table = op.operand(0)->type();
  const GatherDimensions geometry = GatherDimensions::of(op);
  KILN_ASSIGN(Shape shape, infer_rows(op, table, op.operand(1)->type(), geometry, kGather));
  Integers whole = table.shape;
  for (int64_t d : geometry.collapsed_slice) whole[static_cast<size_t>(d)] = 1;
  if (op.get<Integers>("slice_sizes") != whole) {
    return op_error(op,
                    "slice_sizes must be 1 along the indexed dimensions and whole along the "
                    "others, {}, not {}",
                    show(whole), show(op.get<Integers>("slice_sizes")));
  }
  for (int64_t d : geometry.collapsed_slice) {
    if (table.shape[static_cast<size_t>(d)] == 0 && element_count(shape) > 0)
      return op_error(op, "dimension {} of {} has nothing to take", d, table.to_string());
  }
  return Types{table.with_shape(std::move(shape))};
}

void evaluate_gather(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const GatherDimensions geometry = GatherDimensions::of(op);
  const Rows rows(geometry, operands[0].type(), results[0].type(), operands[1]);
  const Shape strides = strides_of(operands[0].type().shape);
  int64_t at = 0;
  for_each_index(results[0].type().shape, [&](const Shape& index) {
    const Shape source = rows.clamped(rows.table_index(index));
    results[0].copy_element(at++, operands[0], offset_of(source, strides));
  });
}

// ---- scatter: https://openxla.org/stablehlo/spec#scatter

Expected<Types> infer_scatter(const Op& op, std::span<const Type>) {
  const Type& table = op.operand(0)->type();
  const Type& updates = op.operand(2)->type();
  const auto& reducer = op.get<std::string>("reducer");
  if (reducer != "add") return op_error(op, "reducer must be add, not \"{}\"", reducer);
  if (table.element == ElementType::i1 || updates.element != table.element) {
    return op_error(op, "adds numbers of one type, not {} to {}", updates.to_string(),
                    table.to_string());
  }
  KILN_ASSIGN(const Shape shape,
              infer_rows(op, table, op.operand(1)->type(), GatherDimensions::of(op), kScatter));
  if (updates.shape != shape) {
    return op_error(op, "updates must be {}, not {}", table.with_shape(shape).to_string(),
                    updates.to_string());
  }
  return Types{table};
}

template <typename Number>
void add_rows(std::vector<Number> totals, const std::vector<Number>& updates, const Rows& rows,
              const Type& type, Literal& result) {
  const Shape strides = strides_of(result.type().shape);
  size_t at = 0;
  for_each_index(type.shape, [&](const Shape& index) {
    const Number update = updates[at++];
    const Shape target = rows.table_index(index);
    if (!rows.contains(target)) return;
    Number& total = totals[static_cast<size_t>(offset_of(target, strides))];
    total = add(total, update);
  });
  // Float sums are kept in double and rounded once.
  result.assign(totals);
}

void evaluate_scatter(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const GatherDimensions geometry = GatherDimensions::of(op);
  const Type& type = operands[2].type();
  const Rows rows(geometry, operands[0].type(), type, operands[1]);
  if (is_float(type.element)) {
    add_rows(operands[0].values(), operands[2].values(), rows, type, results[0]);
  } else {
    add_rows(operands[0].integers(), operands[2].integers(), rows, type, results[0]);
  }
}

int64_t count_scatter_operations(const Op& op) {
  return op.result()->type().count() + op.operand(2)->type().count();
}

}  // namespace

void add_indexing_ops(std::vector<OpDefinition>& ops) {
  const AttributeSpec vector_dimension = {
      "index_vector_dim", Kind::integer, true,
      "the indices' dimension whose elements are one index; their rank where each is an element"};
  ops.push_back(
      {"gather",
       "rows of the first operand at the second's indices; an index out of range becomes the "
       "nearest",
       OpClass::movement,
       2,
       2,
       1,
       0,
       {{"offset_dims", Kind::integers, true, "the result dimensions that run over a row"},
        {"collapsed_slice_dims", Kind::integers, true, "the indexed dimensions, in order"},
        {"start_index_map", Kind::integers, true,
         "the operand dimension of each component of an index"},
        vector_dimension,
        {"slice_sizes", Kind::integers, true,
         "1 along the indexed dimensions, the whole extent along the others"}},
       infer_gather,
       evaluate_gather});
  ops.push_back(
      {"scatter",
       "the first operand with rows of the third combined at the second's indices; a row whose "
       "index is out of range is dropped",
       OpClass::scatter,
       3,
       3,
       1,
       0,
       {{"update_window_dims", Kind::integers, true, "the updates' dimensions that run over a row"},
        {"inserted_window_dims", Kind::integers, true, "the indexed dimensions, in order"},
        {"scatter_dims_to_operand_dims", Kind::integers, true,
         "the operand dimension of each component of an index"},
        vector_dimension,
        {"reducer", Kind::string, true, "add"}},
       infer_scatter,
       evaluate_scatter,
       {.operation_count = count_scatter_operations}});
}

}  // namespace kiln::ir
