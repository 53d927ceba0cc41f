// Sums of products.
#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/convolution.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Integers;
using ir::Op;
using ir::Shape;

namespace {

/// The loops of a product's sums; undefined, where there are none.
Halide::RDom summed_loops(const Op& op) {
  std::vector<Halide::Range> ranges;
  for (int64_t extent : summed_extents(op)) ranges.push_back({0, static_cast<int>(extent)});
  return ranges.empty() ? Halide::RDom() : Halide::RDom(ranges, "r");
}

/// The extent of the result's dimension that a tile's rows run along.
int64_t rows_of(const Op& op, const ProductTile& tile) {
  const Shape& shape = op.result()->type().shape;
  return shape[shape.size() - 1 - tile.row_dimension];
}

/// The first row of a tile: the last tile begins early enough to end with the rows.
Expr first_row(const Op& op, const ProductTile& tile, const Expr& number) {
  const Expr first = number * constant_index(tile.rows);
  const int64_t rows = rows_of(op, tile);
  return rows % tile.rows == 0 ? first : Halide::min(first, constant_index(rows - tile.rows));
}

/// Where the sums of the result's element `at` (innermost first) are.
Indices place_in_tiles(const Op& op, const ProductTile& tile, const Indices& at) {
  const Expr lanes = constant_index(tile.lanes), vectors = constant_index(tile.vectors),
             rows = constant_index(tile.rows);
  const Expr& n = at[0];
  const Expr& m = at[tile.row_dimension];
  const bool is_even = rows_of(op, tile) % tile.rows == 0;
  const Expr row = is_even ? m % rows
                           : Halide::unsafe_promise_clamped(m - first_row(op, tile, m / rows), 0,
                                                            constant_index(tile.rows - 1));
  Indices place = {n % lanes, n / lanes % vectors, row, n / constant_index(tile.columns()),
                   m / rows};
  for (size_t d = 1; d < at.size(); ++d) {
    if (d != tile.row_dimension) place.push_back(at[d]);
  }
  return place;
}

}  // namespace

const ProductTile* AlgorithmBuilder::tile_of(const Op& op) const {
  const auto found = algorithm_.tiles.find(op.result());
  return found == algorithm_.tiles.end() ? nullptr : &found->second;
}

SumPlace AlgorithmBuilder::sum_place(const Op& op) const {
  const std::vector<Var> vars = variables(op.result()->type().rank());
  SumPlace place{{vars.rbegin(), vars.rend()}, Indices(vars.begin(), vars.end())};
  const ProductTile* tile = tile_of(op);
  if (tile == nullptr) return place;
  const Var lane("lane"), vector("vector"), row("row"), columns("columns"), rows("rows");
  place.parameters = {lane, vector, row, columns, rows};
  for (size_t d = 1; d < vars.size(); ++d) {
    if (d != tile->row_dimension) place.parameters.push_back(vars[vars.size() - 1 - d]);
  }
  place.at.back() =
      (columns * constant_index(tile->vectors) + vector) * constant_index(tile->lanes) + lane;
  place.at[vars.size() - 1 - tile->row_dimension] = first_row(op, *tile, rows) + row;
  return place;
}

bool AlgorithmBuilder::has_idle_lanes(const Op& op) const {
  const ProductTile* tile = tile_of(op);
  return tile != nullptr && op.result()->type().shape.back() % tile->columns() != 0;
}

// Halide makes a masked load of such a choice without an alternative.
Expr AlgorithmBuilder::column_element(const Op& op, const Value* operand, const Indices& index,
                                      const Expr& column, bool runs_along) {
  if (!has_idle_lanes(op)) return element(operand, index);
  const Expr end = constant_index(op.result()->type().shape.back());
  if (runs_along && operand->is_argument() && operand->type().element != ir::ElementType::i1) {
    const Expr loaded = element(operand, index);
    return Halide::Internal::Call::make(loaded.type(), Halide::Internal::Call::if_then_else,
                                        {Halide::likely(column < end), loaded},
                                        Halide::Internal::Call::PureIntrinsic);
  }
  Indices clamped = index;
  const Expr last = Halide::min(Halide::likely(column), end - 1);
  for (Expr& i : clamped) i = Halide::Internal::substitute(column, last, i);
  return element(operand, clamped);
}

void AlgorithmBuilder::define_dot_general(const Op& op) {
  const ir::Type& lhs = op.operand(0)->type();
  const ir::Type& rhs = op.operand(1)->type();
  const auto [lhs_batching, rhs_batching, lhs_contracting, rhs_contracting] =
      ir::DotGeneral::of(op);
  const SumPlace place = sum_place(op);
  const Indices& at = place.at;
  const Halide::RDom loops = summed_loops(op);
  Indices r(rhs_contracting.size());  // for each contracting dimension
  int loop = 0;
  for (size_t i : contracted_innermost_first(op)) r[i] = loops[loop++];

  Indices a(lhs.shape.size());
  for (size_t i = 0; i < lhs_batching.size(); ++i) a[static_cast<size_t>(lhs_batching[i])] = at[i];
  for (size_t i = 0; i < lhs_contracting.size(); ++i)
    a[static_cast<size_t>(lhs_contracting[i])] = r[i];
  size_t dim = lhs_batching.size();
  for (Expr& index : a) {
    if (!index.defined()) index = at[dim++];
  }

  // Parameters of the right operand's Funcs, outermost first: batching, contracting, free.
  const std::vector<Var> right_vars = variables(rhs.rank());
  Indices b(rhs.shape.size());
  Indices right_at;
  for (size_t i = 0; i < rhs_batching.size(); ++i) right_at.push_back(at[i]);
  for (size_t i = 0; i < rhs_contracting.size(); ++i) right_at.push_back(r[i]);
  for (; dim < at.size(); ++dim) right_at.push_back(at[dim]);
  size_t parameter = 0;
  for (int64_t d : rhs_batching) b[static_cast<size_t>(d)] = right_vars[parameter++];
  for (int64_t d : rhs_contracting) b[static_cast<size_t>(d)] = right_vars[parameter++];
  for (Expr& index : b) {
    if (!index.defined()) index = right_vars[parameter++];
  }
  const Func right = define_right_operand(op, b, right_vars);
  const bool is_plain = tile_of(op) != nullptr || !loops.defined();
  const Expr left = is_plain ? element(op.operand(0), a) : left_element(op, a, at, loops);
  define_product(op, place, left, right(reversed(right_at)));
}

Func AlgorithmBuilder::define_right_operand(const Op& op, const Indices& index,
                                            const std::vector<Var>& parameters) {
  RightOperand right;
  const Indices innermost_first = reversed(Indices(parameters.begin(), parameters.end()));
  const bool is_convolution = op.is("convolution");
  const bool has_columns =
      !parameters.empty() &&
      (!is_convolution || ir::Convolution::of(op).output_feature == op.result()->type().rank() - 1);
  right.block(innermost_first) = has_columns
                                     ? column_element(op, op.operand(1), index, parameters.back(),
                                                      right_lies_along_columns(op))
                                     : element(op.operand(1), index);
  right.packed(innermost_first) = right.block(innermost_first);
  for (const Var& parameter : parameters) {
    const auto runs_over = [&](const Expr& i) {
      const auto* var = i.as<Halide::Internal::Variable>();
      return var != nullptr && var->name == parameter.name();
    };
    const auto d = std::find_if(index.begin(), index.end(), runs_over) - index.begin();
    right.shape.push_back(op.operand(1)->type().shape[static_cast<size_t>(d)]);
  }
  algorithm_.right_operands[op.result()] = right;
  return right.packed;
}

/// The left operand's element at `index`, which speaks of loops of `r` and of the result's indices
/// `at`, through a Func of these.
Expr AlgorithmBuilder::left_element(const Op& op, const Indices& index, const Indices& at,
                                    const Halide::RDom& r) {
  Indices within = index, arguments;
  std::vector<Var> parameters;
  for (int d = 0; d < r.dimensions(); ++d) {
    parameters.emplace_back("s" + std::to_string(d));
    arguments.push_back(r[d]);
    for (Expr& i : within) i = Halide::Internal::substitute(r[d].name(), parameters.back(), i);
  }
  for (const Expr& i : reversed(at)) {
    const auto* var = i.as<Halide::Internal::Variable>();
    const auto is_used = [&](const Expr& e) {
      return Halide::Internal::expr_uses_var(e, var->name);
    };
    if (std::none_of(within.begin(), within.end(), is_used)) continue;
    parameters.emplace_back(var->name);
    arguments.push_back(i);
  }
  Func left("left" + std::to_string(algorithm_.funcs.size()));
  left(parameters) = element(op.operand(0), within);
  algorithm_.left_operands[op.result()] = left;
  return left(arguments);
}

/// The sums of left * right over the RDom that they mention.
void AlgorithmBuilder::define_product(const Op& op, const SumPlace& place, const Expr& left,
                                      const Expr& right) {
  const std::string number = std::to_string(algorithm_.funcs.size());
  Func sums("sums" + number), product("v" + number);
  const Halide::Type type = accumulator_type(op.result()->type().element);
  const std::vector<Var>& parameters = place.parameters;
  sums(parameters) = Halide::Internal::make_zero(type);
  sums(parameters) += cast(type, left) * cast(type, right);
  algorithm_.sums[op.result()] = sums;
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices at = reversed(Indices(vars.begin(), vars.end()));
  const ProductTile* tile = tile_of(op);
  if (tile == nullptr) {
    product(at) = sums(at);
  } else if (rows_of(op, *tile) % tile->rows == 0) {
    product(at) = sums(place_in_tiles(op, *tile, at));
  } else {
    Func copy("tile" + number);
    copy(parameters) = sums(parameters);
    algorithm_.tile_copies[op.result()] = copy;
    product(at) = copy(place_in_tiles(op, *tile, at));
  }
  algorithm_.funcs[op.result()] = product;
}

namespace {

/// The input's element that meets the kernel's at `offset` (per dimension of the input); `r` leaves
/// out what meets padding or gaps.
Indices convolved_index(const Op& op, const ir::Convolution& c, const Indices& at,
                        const Indices& offset, Halide::RDom& r) {
  const Shape& kernel = op.operand(1)->type().shape;
  const auto size = [](const Shape& shape, int64_t d) { return shape[static_cast<size_t>(d)]; };
  const Expr& feature = at[static_cast<size_t>(c.output_feature)];
  const int64_t outputs = size(kernel, c.kernel_output_feature);
  Indices index(at.size());
  Expr& batch = index[static_cast<size_t>(c.input_batch)];
  batch = at[static_cast<size_t>(c.output_batch)];
  if (c.batch_group_count > 1) {
    const int64_t batches = size(op.result()->type().shape, c.output_batch);
    batch += feature / constant_index(outputs / c.batch_group_count) * constant_index(batches);
  }
  Expr& channel = index[static_cast<size_t>(c.input_feature)];
  channel = offset[static_cast<size_t>(c.input_feature)];
  if (c.feature_group_count > 1) {
    channel += feature / constant_index(outputs / c.feature_group_count) *
               constant_index(size(kernel, c.kernel_input_feature));
  }
  const auto windows = c.windows(op.operand(0)->type().shape, kernel);
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto d = static_cast<size_t>(c.input_spatial[i]);
    const BaseIndex base =
        base_index(windows[i], at[static_cast<size_t>(c.output_spatial[i])], offset[d]);
    index[d] = base.index;
    if (base.inside.defined()) r.where(base.inside);
  }
  return index;
}

/// Whether some elements of the innermost sum lie outside the input.
bool is_innermost_sum_padded(const Op& op, const ir::Convolution& c) {
  const ir::Type& input = op.operand(0)->type();
  const int64_t innermost = input.rank() - (c.input_batch == input.rank() - 1 ? 2 : 1);
  const auto windows = c.windows(input.shape, op.operand(1)->type().shape);
  for (size_t i = 0; i < windows.size(); ++i) {
    if (c.input_spatial[i] == innermost)
      return base_index(windows[i], Var("position"), Var("offset")).inside.defined();
  }
  return false;
}

}  // namespace

void AlgorithmBuilder::define_convolution(const Op& op) {
  const ir::Convolution c = ir::Convolution::of(op);
  const Shape& input = op.operand(0)->type().shape;
  const Shape& kernel = op.operand(1)->type().shape;
  const size_t rank = input.size();
  if (ir::element_count(input) == 0 || ir::element_count(kernel) == 0) {
    return define_result(op, 0, [&](const Indices&) {
      return Halide::Internal::make_zero(compute_type(op.result()->type().element));
    });
  }
  const SumPlace place = sum_place(op);
  const Indices& at = place.at;
  const Integers partners = kernel_partners(c, rank);
  Halide::RDom r = summed_loops(op);
  Indices offset(rank);  // within the kernel, per dimension of the input
  Indices right_at;      // innermost first: the output feature, then as the sums run
  right_at.push_back(at[static_cast<size_t>(c.output_feature)]);
  std::vector<Var> right_vars = variables(static_cast<int64_t>(rank));
  Indices kernel_index(rank);
  kernel_index[static_cast<size_t>(c.kernel_output_feature)] = right_vars[rank - 1];
  for (size_t d = rank; d-- > 0;) {
    if (partners[d] < 0) continue;
    offset[d] = r[static_cast<int>(right_at.size() - 1)];
    kernel_index[static_cast<size_t>(partners[d])] = right_vars[rank - 1 - right_at.size()];
    right_at.push_back(offset[d]);
  }
  const Func right = define_right_operand(op, kernel_index, right_vars);

  const Indices index = convolved_index(op, c, at, offset, r);
  const bool is_grouped = c.feature_group_count * c.batch_group_count > 1;
  const bool is_plain = tile_of(op) != nullptr || is_grouped || is_innermost_sum_padded(op, c);
  const Expr left = is_plain ? column_element(op, op.operand(0), index, at.back(), is_grouped)
                             : left_element(op, index, at, r);
  define_product(op, place, left, right(right_at));
}

}  // namespace kiln::codegen
