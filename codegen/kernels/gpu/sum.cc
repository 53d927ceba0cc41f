#include "codegen/kernels/gpu/sum.h"

#include <algorithm>

namespace kiln::codegen::gpu {
namespace {

/// Threads that keep a large device busy.
constexpr int64_t kThreads = 32 * 1024;
/// What a part must have to be worth a thread of its own, and into how many parts a value is cut.
constexpr int64_t kLeastInPart = 8;
constexpr int64_t kMostParts = 256;

int64_t parts_of(const Accumulation& accumulation) {
  if (!accumulation.can_be_cut) return 1;
  const int64_t values = std::max<int64_t>(1, ir::element_count(accumulation.shape));
  return std::max<int64_t>(
      1, std::min({kMostParts, accumulation.depth / kLeastInPart, kThreads / values}));
}

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

/// A Func in the registers of the thread that needs it; by a thread of its own, where the consumer
/// has no loops.
void compute_in_thread(Halide::Func func, const Halide::LoopLevel& thread, bool has_loops) {
  if (has_loops) {
    func.compute_at(thread);
    return;
  }
  func.compute_root().gpu_single_thread();
  for (int i = 0; i < func.num_update_definitions(); ++i) func.update(i).gpu_single_thread();
}

}  // namespace

namespace {

/// Accumulates the parts by threads of their own, each in its registers, and stores them; what is
/// left of the Func combines them.
void cut_into_parts(const Accumulation& accumulation, int64_t parts, const Target& target) {
  Halide::Func func = accumulation.func;
  const Halide::RVar all = fuse_reduced(func.update(), func.rvars(0));
  const Halide::RVar within("r_within"), part_r("r_part");
  const Halide::Var part("part");
  func.update().split(all, within, part_r, static_cast<int>(parts),
                      Halide::TailStrategy::GuardWithIf);
  Halide::Func partial = func.update().rfactor(part_r, part);
  Halide::Func stored = partial.in(func);
  stored.compute_root();
  std::vector<Loop> loops = loops_of(stored, accumulation.shape);
  loops.insert(accumulation.along_memory ? loops.begin() : loops.end(),
               {stored.args().back(), parts});
  partial.compute_at(over_grid(stored, stored, loops, target));
}

}  // namespace

void accumulate(const Accumulation& accumulation, const Consumer& consumer, const Target& target) {
  Halide::Func func = accumulation.func;
  const int64_t parts = func.has_update_definition() ? parts_of(accumulation) : 1;
  if (parts > 1) cut_into_parts(accumulation, parts, target);
  const Halide::LoopLevel thread = store(consumer, accumulation.shape, target);
  compute_in_thread(func, thread, !accumulation.shape.empty());
}

}  // namespace kiln::codegen::gpu
