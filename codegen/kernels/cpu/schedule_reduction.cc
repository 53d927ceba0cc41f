#include <algorithm>

#include "codegen/kernels/cpu/accumulation.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/product_tile.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/fusion.h"
#include "ir/ops/reduction.h"

namespace kiln::codegen::cpu {
namespace {

/// Results in a tile: they are in registers while the sums run. As many vectors as cover the row
/// with the least in vain.
int64_t columns_of(const ir::Op& reduce, const Target& target) {
  const ir::Shape& shape = reduce.result()->type().shape;
  if (shape.empty() || partial_lanes(reduce, target) > 0) return 1;
  const auto bytes = std::max<int64_t>(4, ir::size_of(reduce.result()->type().element));
  const int64_t lanes = target.lanes(static_cast<int>(bytes)), extent = shape.back();
  if (extent <= lanes) return std::max<int64_t>(extent, 1);
  int64_t best = 1, covered = tiles_over(extent, lanes);
  for (int64_t vectors = 2; vectors <= kColumnVectors; ++vectors) {
    const int64_t all = tiles_over(extent, vectors * lanes) * vectors;
    if (all <= covered || best == 1) {
      best = vectors;
      covered = all;
    }
  }
  return best * lanes;
}

/// Sums at tiles of `columns` of the consumer's first dimension; returns the loops around them,
/// outermost first. `rank` is the result's, at least 1; what dimensions the consumer has beyond are
/// left alone.
std::vector<Loop> sum_in_tiles(Halide::Func sums, const std::vector<Halide::RVar>& loops,
                               Halide::Func consumer, const ir::Op& reduce, const Target& target) {
  const ir::Shape& shape = reduce.result()->type().shape;
  const int64_t columns = columns_of(reduce, target);
  const int64_t lanes = partial_lanes(reduce, target);
  // The tile's own loop, of one iteration, stays whatever becomes of those around it.
  const Halide::Var tiles("tiles"), elements("elements"), tile("tile"), lane("lane");
  consumer
      .split(consumer.args()[0], tiles, elements, static_cast<int>(columns),
             row_tail(shape.back(), columns))
      .split(elements, tile, lane, static_cast<int>(columns), Halide::TailStrategy::RoundUp);
  if (columns > 1) consumer.vectorize(lane);
  // Partial results have lanes of their own; other sums run in the lanes of their consumer.
  accumulate(sums, loops, lanes, Halide::LoopLevel(consumer, lanes > 0 ? tile : lane));
  std::vector<Loop> outer = {{tiles, tiles_over(shape.back(), columns)}};
  for (size_t d = 1; d < shape.size(); ++d)
    outer.insert(outer.begin(), {consumer.args()[d], shape[shape.size() - 1 - d]});
  return outer;
}

/// Each task sums some of the results.
void split_results(Halide::Func func, Output& output, const ir::Op& reduce, int64_t most_tasks,
                   const Target& target) {
  const std::vector<Loop> outer = sum_in_tiles(func, func.rvars(0), output.func, reduce, target);
  split_into_tasks(output.func, outer, most_tasks);
  if (output.stage.defined()) output.stage.compute_at(output.func, Halide::Var("lane"));
}

/// Each task sums a part of the outermost reduced dimension; then one adds up the partial sums.
void split_sums(Halide::Func func, Output& output, const ir::Op& reduce, int64_t most_tasks,
                const Target& target) {
  std::vector<Halide::RVar> loops = func.rvars(0);
  const ir::Integers dims = ir::Reduce::of(reduce).dimensions;
  const int64_t outermost = *std::min_element(dims.begin(), dims.end());
  const int64_t extent = reduce.operand(0)->type().shape[static_cast<size_t>(outermost)];
  const int64_t per_part = (extent + most_tasks - 1) / most_tasks;
  const Halide::RVar outer("r_piece"), inner("r_in_piece");
  const Halide::Var part("piece");
  func.update().split(loops.back(), outer, inner, static_cast<int>(per_part),
                      Halide::TailStrategy::GuardWithIf);
  loops.back() = inner;
  Halide::Func partial = func.update().rfactor(outer, part);
  Halide::Func parts = partial.in(func);
  parts.compute_root();
  if (output.shape.empty()) {
    accumulate(partial, loops, partial_lanes(reduce, target), Halide::LoopLevel(parts, part));
  } else {
    sum_in_tiles(partial, loops, parts, reduce, target);
  }
  parts.parallel(part);
  func.compute_root();
  if (output.stage.defined()) output.stage.compute_root();
  if (output.shape.empty()) return;
  const int64_t lanes = target.lanes(4);
  vectorize_innermost(func, func.args()[0], output.shape.back(), lanes);
  func.update().reorder(func.args()[0], outer);
  vectorize_innermost(func.update(), func.args()[0], output.shape.back(), lanes);
  for (Halide::Func each : {output.stage, output.func}) {
    if (each.defined()) vectorize_innermost(each, each.args()[0], output.shape.back(), lanes);
  }
}

}  // namespace

void schedule_reduction(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& reduce = root_of(ir::FusionKind::reduction, region);
  const int64_t most_tasks = tasks_for_elements(target, reduce.operand(0)->type().count());
  const bool reduces = !ir::Reduce::of(reduce).dimensions.empty();
  if (algorithm.outputs.size() != 1 || most_tasks <= 1 || !reduces)
    return schedule_serial(algorithm, region, target);
  Output& output = algorithm.outputs[0];
  Halide::Func func = algorithm.funcs.at(reduce.result());
  const int64_t tiles = reduce.result()->type().count() / columns_of(reduce, target);
  if (tiles >= most_tasks && !output.shape.empty())
    return split_results(func, output, reduce, most_tasks, target);
  if (!can_be_split(reduce)) return schedule_serial(algorithm, region, target);
  split_sums(func, output, reduce, most_tasks, target);
}

}  // namespace kiln::codegen::cpu
