#include "codegen/kernels/cpu/accumulation.h"
#include "codegen/kernels/cpu/templates.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {

void schedule_scatter(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& scatter = root_of(ir::FusionKind::scatter, region);
  KILN_CHECK(algorithm.outputs.size() == 1, "not a scatter kernel");
  Output& output = algorithm.outputs[0];
  Halide::Func sums = algorithm.funcs.at(scatter.result());
  const int64_t columns = output.shape.back();
  const auto width = static_cast<int>(row_step(columns, target.lanes(4)));
  const Halide::TailStrategy tail = row_tail(columns, width);
  const std::vector<Halide::Var> args = output.func.args();
  const Halide::Var task("task"), lane("lane");
  std::vector<Halide::VarOrRVar> order = {lane};
  for (size_t d = 1; d < args.size(); ++d) order.push_back(args[d]);
  order.push_back(task);
  output.func.split(args[0], task, lane, width, tail).reorder(order);
  if (width > 1) output.func.vectorize(lane);
  if (target.threads > 1 && columns > width) output.func.parallel(task);
  if (output.stage.defined()) output.stage.compute_at(output.func, lane);

  const Halide::Var column = sums.args()[0];
  sums.compute_at(output.func, task).vectorize(column, width, tail);
  if (!sums.has_update_definition()) return;
  std::vector<Halide::VarOrRVar> update_order = {column};
  for (const Halide::RVar& row : sums.rvars(0)) update_order.push_back(row);
  sums.update().reorder(update_order).vectorize(column, width, tail);
}

}  // namespace kiln::codegen::cpu
