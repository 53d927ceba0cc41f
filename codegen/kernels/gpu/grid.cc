#include "codegen/kernels/gpu/grid.h"

#include <algorithm>

#include "codegen/kernels/gpu/launch_cost.h"

namespace kiln::codegen::gpu {

std::vector<Loop> loops_of(const Halide::Func& func, const ir::Shape& shape) {
  std::vector<Loop> loops;
  for (size_t d = 0; d < shape.size(); ++d)
    loops.push_back({func.args()[d], shape[shape.size() - 1 - d]});
  return loops;
}

Halide::Var fuse(Halide::Stage stage, const std::vector<Halide::Var>& loops) {
  Halide::Var all = loops[0];
  for (size_t d = 1; d < loops.size(); ++d) {
    const Halide::Var fused("all" + std::to_string(d));
    stage.fuse(all, loops[d], fused);
    all = fused;
  }
  return all;
}

namespace {

const Halide::Var kBlock("block"), kThread("thread"), kTurn("turn");

}  // namespace

Halide::LoopLevel over_threads(const Halide::Func& func, Halide::Stage stage,
                               const std::vector<Loop>& loops, const Home& home,
                               const Target& target) {
  const Halide::Var outer = home.launch ? kTurn : kBlock;
  if (loops.empty()) {
    const Halide::Var outermost = Halide::Var::outermost();
    stage.split(outermost, outermost, kThread, 1).split(outermost, outermost, outer, 1);
  } else {
    std::vector<Halide::Var> vars;
    int64_t extent = 1;
    for (const Loop& loop : loops) {
      vars.push_back(loop.var);
      extent *= loop.extent;
    }
    const auto threads = static_cast<int>(std::min<int64_t>(extent, threads_of_block(target)));
    stage.split(fuse(stage, vars), outer, kThread, threads, Halide::TailStrategy::GuardWithIf);
    stage.never_partition({outer});
  }
  stage.gpu_threads(kThread);
  if (!home.launch) stage.gpu_blocks(kBlock);
  return Halide::LoopLevel(func, kThread);
}

void over_blocks(Halide::Stage stage, const Halide::RVar& loop) {
  stage.allow_race_conditions().reorder(kThread, kBlock, loop).gpu_blocks(loop);
}

void settle(Halide::Func func, const Home& home) {
  if (home.in_thread) {
    func.compute_at(*home.launch, kThread);
  } else if (home.launch) {
    func.compute_at(*home.launch, kBlock).store_in(Halide::MemoryType::GPUShared);
  } else {
    func.compute_root();
  }
}

Halide::LoopLevel store(Consumer consumer, const ir::Shape& shape, const Target& target) {
  settle(consumer.func, consumer.home);
  if (consumer.home.in_thread) return Halide::LoopLevel(*consumer.home.launch, kThread);
  const Halide::LoopLevel thread = over_threads(
      consumer.func, consumer.func, loops_of(consumer.func, shape), consumer.home, target);
  if (consumer.stage.defined()) consumer.stage.compute_at(thread);
  return thread;
}

}  // namespace kiln::codegen::gpu
