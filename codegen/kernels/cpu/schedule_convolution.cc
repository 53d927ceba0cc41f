#include <algorithm>

#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/convolution.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {
namespace {

/// A tile of the result that stays in registers while the sums run: `columns` along the last
/// dimension, in vectors; all of the `whole` dimensions before it, and `part` of the next.
struct ConvolutionTile {
  int64_t columns = 1;
  size_t whole = 0;
  int64_t part = 1;
};

/// The tile that comes nearest to the FMA peak among those whose sides divide the result's.
ConvolutionTile choose_convolution_tile(const ir::Op& op, const Target& target,
                                        bool slow_epilogue) {
  const ir::Shape& shape = op.result()->type().shape;
  const int64_t lanes = target.lanes(static_cast<int>(ir::size_of(op.result()->type().element)));
  const int64_t most_accumulators =
      slow_epilogue ? accumulators_beside_division(target) : convolution_accumulators(target);
  ConvolutionTile best;
  double best_efficiency = 0;
  const int64_t most = std::min(vector_columns(op), kMostTileVectors * lanes);
  auto consider = [&](const ConvolutionTile& tile, int64_t rows) {
    const int64_t vectors = (tile.columns + lanes - 1) / lanes;
    if (rows * vectors > most_accumulators) return;
    const double reached = efficiency({rows, tile.columns}, lanes);
    if (reached < best_efficiency) return;
    best_efficiency = reached;
    best = tile;
  };
  for (int64_t columns = 1; columns <= most; ++columns) {
    if (shape.back() % columns != 0 || (most < shape.back() && most % columns != 0)) continue;
    int64_t rows = 1;
    for (size_t whole = 0; whole + 1 < shape.size() && rows <= most_accumulators; ++whole) {
      const int64_t extent = shape[shape.size() - 2 - whole];
      for (int64_t part = 1; part <= std::min(extent, most_accumulators); ++part) {
        if (extent % part == 0) consider({columns, whole, part}, rows * part);
      }
      rows *= extent;
    }
  }
  return best;
}

/// The loops of a consumer over tiles: the innermost one around a tile's vectors, and those around
/// the loop that a tile is computed in, outermost first.
struct ConvolutionLoops {
  Halide::Var row;
  std::vector<Loop> outer;
};

/// Tiles of `sums`, of a result of this shape, at the loops of its consumer, which may have more
/// dimensions outside.
ConvolutionLoops tile_convolution(Halide::Func sums, Halide::Func consumer, const ir::Shape& shape,
                                  const ConvolutionTile& tile) {
  const std::vector<Halide::Var> args = consumer.args();
  const auto extent = [&](size_t d) { return shape[shape.size() - 1 - d]; };
  const Halide::Var lane("lane"), columns("columns"), row("row"), rows("rows");
  const size_t split = tile.whole + 1;  // the dimension of which a tile has a part
  std::vector<Halide::VarOrRVar> order = {lane};
  consumer.split(args[0], columns, lane, static_cast<int>(tile.columns)).vectorize(lane);
  for (size_t d = 1; d < split; ++d) {
    consumer.unroll(args[d]);
    order.push_back(args[d]);
  }
  consumer.split(args[split], rows, row, static_cast<int>(tile.part)).unroll(row);
  order.insert(order.end(), {row, rows, columns});
  ConvolutionLoops loops{tile.whole > 0 ? args[1] : row, {{columns, extent(0) / tile.columns}}};
  for (size_t d = split + 1; d < args.size(); ++d) {
    order.push_back(args[d]);
    if (d < shape.size()) loops.outer.insert(loops.outer.begin(), {args[d], extent(d)});
  }
  consumer.reorder(order);

  sums.compute_at(consumer, rows);
  const std::vector<Halide::Var> vars = sums.args();
  std::vector<Halide::VarOrRVar> update_order(vars.begin(),
                                              vars.begin() + static_cast<long>(split + 1));
  for (const Halide::RVar& r : sums.rvars(0)) update_order.push_back(r);
  sums.update().reorder(update_order);
  for (Halide::Stage stage : {Halide::Stage(sums), sums.update()}) {
    stage.vectorize(vars[0]);
    for (size_t d = 1; d <= split; ++d) stage.unroll(vars[d]);
  }
  return loops;
}

/// Packs the kernel where neighbours along the output features lie apart in its memory.
void pack_kernel(Algorithm& algorithm, const ir::Op& op, const Target& target) {
  const ir::Convolution c = ir::Convolution::of(op);
  const ir::Type& type = op.operand(1)->type();
  const int64_t last = op.result()->type().rank() - 1;
  if (last != c.output_feature || c.kernel_output_feature == last) return;
  RightOperand& right = algorithm.right_operands.at(op.result());
  right.packed.compute_root();
  // The second dimension of the Funcs, along the input's memory, need not be the kernel's last.
  const bool transposes = c.kernel_input_feature == last && c.input_feature == last;
  if (!transposes) return;
  schedule_packing(right, op.result()->type().shape.back(), type.shape.back(),
                   target.lanes(static_cast<int>(ir::size_of(type.element))));
}

/// Split-K: how many parts the outermost sum is split into, each for a task of its own; more than
/// one where the result has few tiles. A matter of sizes alone.
int64_t choose_parts(const ir::Op& op, const ConvolutionTile& tile) {
  const ir::Shape& shape = op.result()->type().shape;
  int64_t tiles = op.result()->type().count() / tile.columns / tile.part;
  for (size_t d = 0; d < tile.whole; ++d) tiles /= shape[shape.size() - 2 - d];
  if (tiles >= kConvolutionSplitParts / 2 || multiply_adds(op) < kLeastSplitWork) return 1;
  return divisor_at_most(outermost_sum(op), kConvolutionSplitParts);
}

/// Partial sums of each part by a task of its own, then the epilogue over their totals.
void schedule_split_k(Halide::Func sums, Output& output, const ir::Op& op,
                      const ConvolutionTile& tile, int64_t parts) {
  const Halide::RVar outer("r_piece"), inner("r_in_piece");
  const Halide::Var part("piece"), columns("columns"), lane("lane");
  sums.update().split(sums.rvars(0).back(), outer, inner,
                      static_cast<int>(outermost_sum(op) / parts));
  Halide::Func partial = sums.update().rfactor(outer, part);
  Halide::Func totals = partial.in(sums);
  totals.compute_root();
  tile_convolution(partial, totals, op.result()->type().shape, tile);
  totals.parallel(part);
  output.func.split(output.func.args()[0], columns, lane, static_cast<int>(tile.columns))
      .vectorize(lane);
  sums.compute_at(output.func, columns).vectorize(sums.args()[0]);
  sums.update().vectorize(sums.args()[0]).unroll(outer);
  if (output.stage.defined())
    output.stage.compute_at(output.func, columns).vectorize(output.stage.args()[0]);
}

}  // namespace

void schedule_convolution(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& op = root_of(ir::FusionKind::convolution, region);
  KILN_CHECK(algorithm.outputs.size() == 1, "a convolution kernel has results of one shape");
  Output& output = algorithm.outputs[0];
  Halide::Func sums = algorithm.sums.at(op.result());
  const ConvolutionTile tile = choose_convolution_tile(op, target, has_slow_epilogue(region, op));
  pack_kernel(algorithm, op, target);
  const int64_t parts = choose_parts(op, tile);
  if (parts > 1) return schedule_split_k(sums, output, op, tile, parts);
  const ConvolutionLoops loops = tile_convolution(sums, output.func, output.shape, tile);
  split_into_tasks(output.func, loops.outer, tasks_for_products(target, multiply_adds(op)));
  if (output.stage.defined())
    output.stage.compute_at(output.func, loops.row).vectorize(output.stage.args()[0]);
}

void schedule_small_convolution(Algorithm& algorithm, const ir::Op& op, const Target& target) {
  const auto sums = algorithm.sums.find(op.result());
  if (sums == algorithm.sums.end()) return;  // of nothing
  Halide::Func product = algorithm.funcs.at(op.result());
  product.compute_root();
  pack_kernel(algorithm, op, target);
  tile_convolution(sums->second, product, op.result()->type().shape,
                   choose_convolution_tile(op, target, false));
}

}  // namespace kiln::codegen::cpu
