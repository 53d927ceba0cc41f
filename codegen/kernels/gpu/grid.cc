#include "codegen/kernels/gpu/grid.h"

#include <algorithm>

namespace kiln::codegen::gpu {

std::vector<Loop> loops_of(const Halide::Func& func, const ir::Shape& shape) {
  std::vector<Loop> loops;
  for (size_t d = 0; d < shape.size(); ++d)
    loops.push_back({func.args()[d], shape[shape.size() - 1 - d]});
  return loops;
}

Halide::LoopLevel over_grid(const Halide::Func& func, Halide::Stage stage, std::vector<Loop> loops,
                            const Target& target) {
  if (loops.empty()) {
    stage.gpu_single_thread();
    return Halide::LoopLevel();
  }
  Loop all = loops[0];
  for (size_t d = 1; d < loops.size(); ++d) {
    const Halide::Var fused("all" + std::to_string(d));
    stage.fuse(all.var, loops[d].var, fused);
    all = {fused, all.extent * loops[d].extent};
  }
  const Halide::Var block("block"), thread("thread");
  const auto threads = static_cast<int>(std::min<int64_t>(all.extent, target.block_threads));
  stage.split(all.var, block, thread, threads, Halide::TailStrategy::GuardWithIf)
      .gpu_blocks(block)
      .gpu_threads(thread)
      .never_partition({block});
  return Halide::LoopLevel(func, thread);
}

Halide::LoopLevel store(Halide::Func func, const ir::Shape& shape, const Target& target) {
  func.compute_root();
  return over_grid(func, func, loops_of(func, shape), target);
}

Halide::LoopLevel store(Consumer consumer, const ir::Shape& shape, const Target& target) {
  const Halide::LoopLevel thread = store(consumer.func, shape, target);
  if (consumer.stage.defined() && shape.empty()) {
    store(consumer.stage, shape, target);
  } else if (consumer.stage.defined()) {
    consumer.stage.compute_at(thread);
  }
  return thread;
}

}  // namespace kiln::codegen::gpu
