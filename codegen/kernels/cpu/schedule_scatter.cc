#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {

void schedule_scatter(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& scatter = root_of(ir::FusionKind::scatter, region);
  KILN_CHECK(algorithm.outputs.size() == 1, "not a scatter kernel");
  Output& output = algorithm.outputs[0];
  Halide::Func sums = algorithm.funcs.at(scatter.result());
  const auto width =
      static_cast<int>(divisor_at_most(output.shape.back(), kVectorsPerStep * target.lanes(4)));
  const std::vector<Halide::Var> args = output.func.args();
  const Halide::Var task("task"), lane("lane");
  std::vector<Halide::VarOrRVar> order = {lane};
  for (size_t d = 1; d < args.size(); ++d) order.push_back(args[d]);
  order.push_back(task);
  output.func.split(args[0], task, lane, width).reorder(order).vectorize(lane);
  if (target.threads > 1 && output.shape.back() > width) output.func.parallel(task);
  if (output.stage.defined())
    output.stage.compute_at(output.func, args[1]).vectorize(output.stage.args()[0]);

  const Halide::Var column = sums.args()[0];
  sums.compute_at(output.func, task).vectorize(column, width);
  if (!sums.has_update_definition()) return;
  std::vector<Halide::VarOrRVar> update_order = {column};
  for (const Halide::RVar& row : sums.rvars(0)) update_order.push_back(row);
  sums.update().reorder(update_order).vectorize(column, width);
}

}  // namespace kiln::codegen::cpu
