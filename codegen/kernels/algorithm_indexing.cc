// Ops whose elements' places are data: gather and scatter.
#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"
#include "codegen/kernels/gpu/launch_cost.h"
#include "codegen/kernels/hidden.h"
#include "ir/ops/indexing.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using ir::Integers;

namespace {

bool contains(const Integers& list, size_t value) {
  return std::find(list.begin(), list.end(), static_cast<int64_t>(value)) != list.end();
}

Expr is_in_range(const Expr& index, int64_t extent) {
  return index >= Halide::Internal::make_zero(index.type()) &&
         index < cast(index.type(), constant_index(extent));
}

/// An index of any integer type within [0, extent). Halide would leave out a bound that it can
/// prove of an index that is computed here, and not prove it again where it asks what is accessed.
Expr clamped(const Expr& index, int64_t extent) {
  const Expr last = cast(index.type(), constant_index(std::max<int64_t>(extent - 1, 0)));
  return cast(Halide::Int(32),
              Halide::clamp(hidden(index), Halide::Internal::make_zero(index.type()), last));
}

/// A loop over the updates' rows in row-major order, within one over `parts`: Halide runs an RDom's
/// first dimension innermost.
Halide::RDom row_loop(const ir::Shape& updates, const Integers& window, int64_t parts) {
  std::vector<Halide::Range> ranges;
  for (size_t d = updates.size(); d-- > 0;) {
    if (!contains(window, d)) ranges.push_back({0, static_cast<int>(updates[d])});
  }
  if (ranges.empty()) ranges.push_back({0, 1});
  if (parts > 1) ranges.push_back({0, static_cast<int>(parts)});
  return {ranges, "row"};
}

}  // namespace

Expr AlgorithmBuilder::index_component(const Op& op, size_t k, const Indices& row) {
  const Value* indices = op.operand(1);
  const auto dimension = static_cast<size_t>(ir::GatherDimensions::of(op).index_vector);
  Indices at = row;
  if (dimension < indices->type().shape.size()) {
    at.insert(at.begin() + static_cast<std::ptrdiff_t>(dimension),
              constant_index(static_cast<int64_t>(k)));
  }
  const Expr index = element(indices, at);
  return index.type().bits() < 32 ? cast(Halide::Int(32), index) : index;
}

Expr AlgorithmBuilder::gather(const Op& op, const Indices& at) {
  const ir::Shape& table = op.operand(0)->type().shape;
  const ir::GatherDimensions dims = ir::GatherDimensions::of(op);
  const Integers &offsets = dims.offset, &map = dims.start_index_map;
  Indices row;
  for (size_t d = 0; d < at.size(); ++d) {
    if (!contains(offsets, d)) row.push_back(at[d]);
  }
  Indices source(table.size());
  for (size_t k = 0; k < map.size(); ++k) {
    const auto d = static_cast<size_t>(map[k]);
    source[d] = clamped(index_component(op, k, row), table[d]);
  }
  size_t next = 0;
  for (Expr& index : source) {
    if (!index.defined()) index = at[static_cast<size_t>(offsets[next++])];
  }
  return element(op.operand(0), source);
}

/// The window's dimensions are pure: loops over them may run in vectors and tasks and change no
/// bit, as rows are added in order.
void AlgorithmBuilder::define_scatter(const Op& op) {
  const ir::Type& table = op.operand(0)->type();
  const ir::Shape& updates = op.operand(2)->type().shape;
  const ir::GatherDimensions dims = ir::GatherDimensions::of(op);
  const Integers &window = dims.offset, &map = dims.start_index_map;
  const Halide::Type type = accumulator_type(table.element);
  const std::vector<Halide::Var> vars = variables(table.rank());
  Halide::Func sums("v" + std::to_string(algorithm_.funcs.size()));
  const Indices pure(vars.begin(), vars.end());
  sums(reversed(pure)) = cast(type, element(op.operand(0), pure));
  algorithm_.funcs[op.result()] = sums;
  if (ir::element_count(updates) == 0) return;

  const auto first = map.empty() ? 0 : static_cast<size_t>(map[0]);
  const bool is_split = target_.has_launches() && !map.empty() && !window.empty();
  const int64_t update_count =
      op.operand(1)->type().count() / std::max<int64_t>(1, std::ssize(map));
  const int64_t parts = is_split ? gpu::table_parts(table.shape[first], update_count) : 1;
  Halide::RDom rows = row_loop(updates, window, parts);
  Indices row;
  for (size_t i = updates.size() - window.size(); i-- > 0;)
    row.push_back(rows[static_cast<int>(i)]);
  Indices target(vars.size());
  Expr inside = Halide::Internal::const_true();
  for (size_t k = 0; k < map.size(); ++k) {
    const auto d = static_cast<size_t>(map[k]);
    const Expr index = index_component(op, k, row);
    inside = inside && is_in_range(index, table.shape[d]);
    target[d] = clamped(index, table.shape[d]);
  }
  Indices source(updates.size());
  size_t next = 0;
  for (size_t d = 0; d < target.size(); ++d) {
    if (target[d].defined()) continue;
    target[d] = vars[d];
    source[static_cast<size_t>(window[next++])] = vars[d];
  }
  next = 0;
  for (Expr& index : source) {
    if (!index.defined()) index = row[next++];
  }
  if (parts > 1) {
    const Halide::RVar part = rows[rows.dimensions() - 1];
    rows.where(target[first] / constant_index((table.shape[first] + parts - 1) / parts) == part);
    algorithm_.table_parts[op.result()] = part;
  }
  // Not a predicate of the loop: Halide drops one that does not depend on it.
  sums(reversed(target)) += Halide::select(
      inside, cast(type, summed_element(op.operand(2), source)), Halide::Internal::make_zero(type));
}

}  // namespace kiln::codegen
