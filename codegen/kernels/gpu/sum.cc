#include "codegen/kernels/gpu/sum.h"

#include <algorithm>

#include "codegen/kernels/gpu/launch_cost.h"
#include "codegen/kernels/gpu/tile_cost.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/reduction.h"

namespace kiln::codegen::gpu {
namespace {

/// All reduced loops as one.
Halide::RVar fuse_reduced(Halide::Stage stage, const std::vector<Halide::RVar>& rvars) {
  Halide::RVar all = rvars[0];
  for (size_t i = 1; i < rvars.size(); ++i) {
    const Halide::RVar fused("r_all" + std::to_string(i));
    stage.fuse(all, rvars[i], fused);
    all = fused;
  }
  return all;
}

/// Accumulates the parts by threads of their own, each in its registers, and stores them; what is
/// left of the Func combines them.
void split_into_parts(const Accumulation& accumulation, int64_t parts, const Home& home,
                      const Target& target) {
  Halide::Func func = accumulation.func;
  const Halide::RVar all = fuse_reduced(func.update(), func.rvars(0));
  const Halide::RVar within("r_within"), part_r("r_part");
  const Halide::Var part("part");
  func.update().split(all, within, part_r, static_cast<int>(parts),
                      Halide::TailStrategy::GuardWithIf);
  Halide::Func partial = func.update().rfactor(part_r, part);
  Halide::Func stored = partial.in(func);
  settle(stored, home);
  std::vector<Loop> loops = loops_of(stored, accumulation.shape);
  loops.insert(accumulation.along_memory ? loops.begin() : loops.end(),
               {stored.args().back(), parts});
  partial.compute_at(over_threads(stored, stored, loops, home, target));
  partial.update().unroll(partial.rvars(0)[0], kElementsAtOnce);
  func.update().unroll(func.rvars(0)[0], kPartsAtOnce);
}

}  // namespace

bool is_accumulated(const ir::Op& op) {
  return op.is("reduce") || (op.is("dot_general") && !has_rows_and_columns(op));
}

Accumulation accumulation_of(const Algorithm& algorithm, const ir::Op& op) {
  const ir::Type& type = op.result()->type();
  const int64_t count = std::max<int64_t>(1, type.count());
  if (op.is("dot_general"))
    return {algorithm.sums.at(op.result()), type.shape, multiply_adds(op) / count};
  const ir::Type& from = op.operand(0)->type();
  const ir::Reduce reduce = ir::Reduce::of(op);
  return {algorithm.funcs.at(op.result()), type.shape, from.count() / count,
          can_be_split(op) && !reduce.dimensions.empty(), reduce.reduces(from.rank() - 1)};
}

int64_t parts_of(const Accumulation& accumulation) {
  if (!accumulation.can_be_split) return 1;
  const int64_t values = std::max<int64_t>(1, ir::element_count(accumulation.shape));
  return std::max<int64_t>(
      1, std::min({kMostParts, accumulation.depth / kLeastInPart, kBusyThreads / values}));
}

void accumulate(const Accumulation& accumulation, const Consumer& consumer, const Target& target) {
  Halide::Func func = accumulation.func;
  const int64_t parts = parts_of(accumulation);
  if (parts > 1) split_into_parts(accumulation, parts, consumer.home, target);
  func.compute_at(store(consumer, accumulation.shape, target));
}

}  // namespace kiln::codegen::gpu
