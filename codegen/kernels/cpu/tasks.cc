#include "codegen/kernels/cpu/tasks.h"

#include <algorithm>

#include "codegen/kernels/schedule.h"

namespace kiln::codegen::cpu {

int64_t count_tasks(int64_t extent, int64_t most) {
  most = std::max<int64_t>(1, std::min(most, extent));
  const int64_t even = divisor_at_most(extent, most);
  if (2 * even > most) return even;
  const int64_t per_task = (extent + most - 1) / most;
  return (extent + per_task - 1) / per_task;
}

Halide::Var split_into_tasks(Halide::Func func, const std::vector<Loop>& loops, int64_t most) {
  most = std::max<int64_t>(most, 1);
  Loop outer = loops.front();
  // Where the outermost loop does not fall into `most` even tasks, more loops together may.
  for (size_t i = 1; i < loops.size() && divisor_at_most(outer.extent, most) < most; ++i) {
    const Halide::Var fused("fused" + std::to_string(i));
    func.fuse(loops[i].var, outer.var, fused);
    outer = {fused, outer.extent * loops[i].extent};
  }
  const int64_t tasks = count_tasks(outer.extent, most);
  const int64_t per_task = (outer.extent + tasks - 1) / tasks;
  Halide::Var task("task");
  const Halide::Var rest("rest");
  func.split(outer.var, task, rest, static_cast<int>(per_task), tail_of(outer.extent, per_task));
  if (outer.extent > per_task) func.parallel(task);
  return task;
}

}  // namespace kiln::codegen::cpu
