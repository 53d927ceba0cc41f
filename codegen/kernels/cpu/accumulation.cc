#include "codegen/kernels/cpu/accumulation.h"

#include <algorithm>

#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/reduction.h"

namespace kiln::codegen::cpu {
namespace {

int64_t lanes_of(const ir::Type& type, const Target& target) {
  return target.lanes(static_cast<int>(std::max<int64_t>(4, ir::size_of(type.element))));
}

}  // namespace

int64_t row_step(int64_t extent, int64_t lanes) {
  if (extent <= lanes || extent % (kVectorsPerStep * lanes) != 0)
    return std::max<int64_t>(1, std::min(extent, lanes));
  return kVectorsPerStep * lanes;
}

Halide::TailStrategy row_tail(int64_t extent, int64_t step) {
  return tail_of(extent, step, Halide::TailStrategy::Predicate);
}

void vectorize_innermost(Halide::Stage stage, const Halide::Var& x, int64_t extent, int64_t lanes) {
  if (extent < kLeastVectorized) return;
  lanes = std::min(extent, lanes);
  stage.vectorize(x, static_cast<int>(lanes), tail_of(extent, lanes));
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

int64_t partial_lanes(const ir::Op& reduce, const Target& target) {
  const ir::Type& from = reduce.operand(0)->type();
  if (!can_be_split(reduce) || !ir::Reduce::of(reduce).reduces(from.rank() - 1)) return 0;
  const int64_t lanes = lanes_of(from, target);
  const int64_t extent = from.shape.back();
  if (extent >= 4 * lanes) return lanes * std::min<int64_t>(kPartialVectors, extent / (2 * lanes));
  // Short rows gain more from vectors across rows, unless there are many to a result.
  const int64_t rows =
      from.count() / std::max<int64_t>(1, reduce.result()->type().count() * extent);
  return extent >= lanes / 2 && rows >= kLeastRowsToSum ? extent : 0;
}

void accumulate(Halide::Func func, const std::vector<Halide::RVar>& loops, int64_t lanes,
                const Halide::LoopLevel& level) {
  func.compute_at(level);
  if (lanes == 0) {
    std::vector<Halide::VarOrRVar> order;
    if (!func.args().empty()) order.push_back(func.args()[0]);
    order.insert(order.end(), loops.begin(), loops.end());
    func.update().reorder(order);
    return;
  }
  const Halide::RVar outer("r_outer"), inner("r_inner");
  const Halide::Var lane("lane");
  func.update().split(loops[0], outer, inner, static_cast<int>(lanes),
                      Halide::TailStrategy::GuardWithIf);
  Halide::Func partial = func.update().rfactor(inner, lane);
  partial.compute_at(level).vectorize(lane);
  std::vector<Halide::VarOrRVar> order = {lane, outer};
  order.insert(order.end(), loops.begin() + 1, loops.end());
  partial.update().reorder(order).vectorize(lane);
}

void schedule_reduce(Halide::Func func, const ir::Op& reduce, const Target& target) {
  const int64_t lanes = partial_lanes(reduce, target);
  accumulate(func, func.rvars(0), lanes, Halide::LoopLevel::root());
  const ir::Type& type = reduce.result()->type();
  if (lanes > 0 || type.rank() == 0) return;
  const Halide::Var x = func.args()[0];
  for (const Halide::Stage& stage : {Halide::Stage(func), func.update()})
    vectorize_innermost(stage, x, type.shape.back(), lanes_of(type, target));
}

}  // namespace kiln::codegen::cpu
