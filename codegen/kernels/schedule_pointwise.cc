#include "codegen/kernels/schedule.h"

namespace kiln::codegen {
namespace {

/// Elements that are worth a task of their own: some microseconds of work.
constexpr int64_t kElementsPerTask = 16 * 1024;

}  // namespace

void schedule_pointwise(Algorithm& algorithm, const ir::Region&, const Target& target) {
  for (size_t i = 0; i < algorithm.outputs.size(); ++i) {
    Halide::Func& output = algorithm.outputs[i];
    const ir::Shape& shape = algorithm.output_shapes[i];
    if (shape.empty()) continue;
    const int64_t inner = shape.back();
    const int64_t outer = ir::element_count(shape) / std::max<int64_t>(inner, 1);
    const Halide::Var x = output.args()[0];
    const int64_t lanes = std::min<int64_t>(target.lanes(4), inner);
    const auto tail = inner % lanes == 0 ? Halide::TailStrategy::RoundUp : Halide::TailStrategy::GuardWithIf;
    Halide::Var chunk("chunk"), vector("vector");
    if (outer == 1) {
      const int64_t tasks = inner % lanes == 0 ? divisor_at_most(inner / lanes, std::min<int64_t>(target.threads, inner / kElementsPerTask)) : 1;
      if (tasks > 1) {
        output.split(x, chunk, x, static_cast<int>(inner / tasks)).parallel(chunk);
      }
      output.vectorize(x, static_cast<int>(lanes), tail);
      continue;
    }
    output.vectorize(x, static_cast<int>(lanes), tail);
    Halide::VarOrRVar rows = output.args()[1];
    if (shape.size() > 2) {
      Halide::Var all("all");
      std::vector<Halide::Var> args = output.args();
      Halide::Var fused = args[1];
      for (size_t d = 2; d < args.size(); ++d) {
        Halide::Var next("rows" + std::to_string(d));
        output.fuse(fused, args[d], next);
        fused = next;
      }
      rows = fused;
    }
    const int64_t tasks = divisor_at_most(outer, std::min<int64_t>(target.threads, inner * outer / kElementsPerTask));
    if (tasks > 1) {
      Halide::Var in_task("in_task");
      output.split(rows, chunk, in_task, static_cast<int>(outer / tasks)).parallel(chunk);
    }
  }
}

}  // namespace kiln::codegen
