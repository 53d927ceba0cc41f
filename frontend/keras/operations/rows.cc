#include "frontend/keras/operations/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "ir/op.h"
#include "ir/ops/convolution.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/indexing.h"
#include "ir/ops/movement.h"
#include "ir/ops/reduction.h"
#include "ir/ops/window_reduction.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Op;
using ir::Value;

/// The dimension that holds the rows; none: every row has the same.
using RowDimension = std::optional<int64_t>;

bool contains(const Integers& list, int64_t element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}

size_t at(int64_t dimension) { return static_cast<size_t>(dimension); }

/// How many elements stand before a dimension: as long as it stays, rows stay in order.
int64_t outer_count(const Value* value, int64_t dimension) {
  const ir::Shape& shape = value->type().shape;
  return ir::element_count({shape.begin(), shape.begin() + dimension});
}

/// Whether the value counts along that dimension, in every line of it alike: row 0 has 0.
bool counts_rows(const Value* value, int64_t dimension) {
  const Op* op = value->op();
  if (!op) return false;
  if (op->is("iota")) return op->get<int64_t>("dimension") == dimension;
  if (op->is("convert")) return counts_rows(op->operand(0), dimension);
  if (op->is("broadcast_in_dim")) {
    const Integers& dims = ir::BroadcastInDim::of(*op).broadcast_dimensions;
    const auto found = std::find(dims.begin(), dims.end(), dimension);
    return found != dims.end() && counts_rows(op->operand(0), found - dims.begin());
  }
  if (op->is("reshape")) {
    const ir::Shape& from = op->operand(0)->type().shape;
    const int64_t extent = value->type().shape[at(dimension)];
    for (int64_t d = 0; d < op->operand(0)->type().rank(); ++d) {
      if (from[at(d)] == extent && outer_count(op->operand(0), d) == outer_count(value, dimension))
        return counts_rows(op->operand(0), d);
    }
  }
  return false;
}

class RowCheck {
 public:
  /// Notes where a value has its rows. False: in several dimensions.
  bool note(const Value* a, const Value* b) {
    const ir::Shape &x = a->type().shape, &y = b->type().shape;
    if (x.size() != y.size()) return false;
    RowDimension found;
    for (size_t d = 0; d < x.size(); ++d) {
      if (x[d] == y[d]) continue;
      if (found) return false;
      found = static_cast<int64_t>(d);
    }
    rows_[a] = found;
    return true;
  }

  /// Whether row i of every result depends on rows i of the operands alone.
  bool keeps_rows(const Op& op) const {
    const bool some =
        std::any_of(op.operands().begin(), op.operands().end(),
                    [&](const Value* operand) { return rows_.at(operand).has_value(); });
    if (!some || op.definition().op_class == ir::OpClass::elementwise) return true;
    return keeps_some_rows(op);
  }

 private:
  /// Of an op that is not elementwise, one of whose operands has rows.
  bool keeps_some_rows(const Op& op) const {
    const RowDimension row = rows_.at(op.operand(0));
    const RowDimension result = rows_.at(op.result());
    if (op.is("transpose") || op.is("broadcast_in_dim")) return true;
    if (op.is("concatenate")) return ir::Concatenate::of(op).dimension != result;
    if (op.is("dot_general")) return keeps_rows_of_product(op);
    if (op.is("gather")) return keeps_rows_of_gather(op);
    if (!row) return false;
    if (op.is("reshape"))
      return result && outer_count(op.operand(0), *row) == outer_count(op.result(), *result);
    if (op.is("reduce")) return !ir::Reduce::of(op).reduces(*row);
    if (op.is("reverse")) return !contains(ir::Reverse::of(op).dimensions, *row);
    if (op.is("slice")) return is_whole(op, *row);
    if (op.is("pad")) {
      const auto pad = ir::Pad::of(op);
      return pad.edge_padding_low[at(*row)] == 0 && pad.edge_padding_high[at(*row)] == 0 &&
             pad.interior_padding[at(*row)] == 0;
    }
    if (op.is("reduce_window")) {
      const auto window = ir::Window::of(op);
      return window.dimensions[at(*row)] == 1 && window.strides[at(*row)] == 1 &&
             window.padding_low[at(*row)] == 0 && window.padding_high[at(*row)] == 0 &&
             window.base_dilations[at(*row)] == 1;
    }
    if (op.is("convolution")) {
      const auto convolution = ir::Convolution::of(op);
      return *row == convolution.input_batch && convolution.batch_group_count == 1 &&
             !rows_.at(op.operand(1));
    }
    return false;
  }

  static bool is_whole(const Op& op, int64_t row) {
    const auto slice = ir::Slice::of(op);
    return slice.start_indices[at(row)] == 0 && slice.strides[at(row)] == 1 &&
           slice.limit_indices[at(row)] == op.operand(0)->type().shape[at(row)];
  }

  bool keeps_rows_of_product(const Op& op) const {
    const auto dot = ir::DotGeneral::of(op);
    const RowDimension left = rows_.at(op.operand(0)), right = rows_.at(op.operand(1));
    return !(left && contains(dot.lhs_contracting, *left)) &&
           !(right && contains(dot.rhs_contracting, *right));
  }

  /// Rows that are taken whole, from a table that all rows share, or by their own number.
  bool keeps_rows_of_gather(const Op& op) const {
    const auto gather = ir::GatherDimensions::of(op);
    const RowDimension row = rows_.at(op.operand(0));
    if (!row || !contains(gather.collapsed_slice, *row)) return true;
    const Value* indices = op.operand(1);
    const RowDimension index_row = rows_.at(indices);
    const auto component =
        std::find(gather.start_index_map.begin(), gather.start_index_map.end(), *row) -
        gather.start_index_map.begin();
    const Op* joined = indices->op();
    if (!index_row || !joined || !joined->is("concatenate") ||
        ir::Concatenate::of(*joined).dimension != gather.index_vector ||
        joined->operands().size() != gather.start_index_map.size())
      return false;
    return counts_rows(joined->operand(static_cast<size_t>(component)), *index_row);
  }

  std::map<const Value*, RowDimension> rows_;
};

Diagnostic mixed() {
  return {"", "computes with several rows of a batch at once",
          "kiln takes operations on each row by itself; dimension 0 is the batch"};
}

}  // namespace

Status check_rows_apart(const ir::Region& a, const ir::Region& b) {
  if (a.ops().size() != b.ops().size()) return mixed();
  RowCheck check;
  for (size_t i = 0; i < a.argument_count(); ++i) {
    if (!check.note(a.argument(i), b.argument(i))) return mixed();
  }
  for (size_t i = 0; i < a.ops().size(); ++i) {
    const Op &x = *a.ops()[i], &y = *b.ops()[i];
    if (x.name() != y.name()) return mixed();
    for (size_t r = 0; r < x.result_count(); ++r) {
      if (!check.note(x.result(r), y.result(r))) return mixed();
    }
    if (!check.keeps_rows(x)) return mixed();
  }
  return ok();
}

}  // namespace kiln::keras
