#include "codegen/kernels/accumulation.h"

#include <algorithm>

namespace kiln::codegen {
namespace {

/// Partial results in this many vectors hide the latency of an addition.
constexpr int64_t kPartialVectors = 4;

int64_t lanes_of(const ir::Type& type, const Target& target) {
  return target.lanes(static_cast<int>(std::max<int64_t>(4, ir::size_of(type.element))));
}

/// Which of the reduced dimensions is the operand's innermost; -1 if that one is kept.
int innermost_reduced(const ir::Op& reduce) {
  const auto& dims = reduce.get<ir::Integers>("dimensions");
  const auto found = std::find(dims.begin(), dims.end(), reduce.operand(0)->type().rank() - 1);
  return found == dims.end() ? -1 : static_cast<int>(found - dims.begin());
}

/// Runs over the innermost dimension in vectors of partial results.
void accumulate_in_lanes(Halide::Func func, int which, int64_t width) {
  const Halide::RVar r = func.rvars(0).at(static_cast<size_t>(which));
  const Halide::RVar outer("r_outer"), inner("r_inner");
  const Halide::Var lane("lane");
  func.update().split(r, outer, inner, static_cast<int>(width), Halide::TailStrategy::GuardWithIf);
  Halide::Func partial = func.update().rfactor(inner, lane);
  partial.compute_root().vectorize(lane);
  std::vector<Halide::VarOrRVar> order = {lane, outer};
  for (const Halide::RVar& other : partial.rvars(0)) {
    if (other.name() != outer.name()) order.push_back(other);
  }
  partial.update().reorder(order).vectorize(lane);
}

}  // namespace

void vectorize_innermost(Halide::Stage stage, const Halide::Var& x, int64_t extent, int64_t lanes) {
  if (extent < 4) return;
  lanes = std::min(extent, lanes);
  const auto tail =
      extent % lanes == 0 ? Halide::TailStrategy::RoundUp : Halide::TailStrategy::GuardWithIf;
  stage.vectorize(x, static_cast<int>(lanes), tail);
}

void schedule_sums(Halide::Func sums, const ir::Type& type, const Target& target) {
  sums.compute_root();
  if (type.rank() == 0) return;
  const Halide::Var x = sums.args()[0];
  vectorize_innermost(sums, x, type.shape.back(), lanes_of(type, target));
  std::vector<Halide::VarOrRVar> order = {x};
  for (const Halide::RVar& r : sums.rvars(0)) order.push_back(r);
  sums.update().reorder(order);
  vectorize_innermost(sums.update(), x, type.shape.back(), lanes_of(type, target));
}

void schedule_reduce(Halide::Func func, const ir::Op& reduce, const Target& target) {
  const ir::Type& type = reduce.result()->type();
  const int which = innermost_reduced(reduce);
  const int64_t lanes = lanes_of(reduce.operand(0)->type(), target);
  const int64_t extent = which < 0 ? 0 : reduce.operand(0)->type().shape.back();
  // Short rows gain more from vectors across rows.
  if (which < 0 || extent < 4 * lanes) return schedule_sums(func, type, target);
  func.compute_root();
  accumulate_in_lanes(func, which,
                      lanes * std::min<int64_t>(kPartialVectors, extent / (2 * lanes)));
}

}  // namespace kiln::codegen
