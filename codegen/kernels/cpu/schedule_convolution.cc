#include <algorithm>

#include "codegen/kernels/cpu/product_blocks.h"
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

/// Orders the loops of a convolution's consumer; returns those that can be split into tasks,
/// outermost first.
std::vector<Loop> order_loops(Halide::Func consumer, const TileLoops& loops, const ir::Shape& shape,
                              const ProductTile& tile) {
  const std::vector<Halide::Var> args = consumer.args();
  std::vector<Halide::VarOrRVar> order = loops.inner;
  order.insert(order.end(), {loops.rows, loops.columns});
  std::vector<Loop> outer = {{loops.columns, tiles_over(shape.back(), tile.columns())}};
  for (size_t d = tile.row_dimension + 1; d < args.size(); ++d) {
    order.emplace_back(args[d]);
    outer.insert(outer.begin(), {args[d], shape[shape.size() - 1 - d]});
  }
  consumer.reorder(order);
  return outer;
}

/// Whether neighbours along dimension d of a convolution's result, counted from the last, read
/// nearly the same inputs: its window is longer than the result, as in a kernel's gradient.
bool shares_inputs(const ir::Op& op, size_t d) {
  const ir::Convolution c = ir::Convolution::of(op);
  const ir::Shape& shape = op.result()->type().shape;
  for (size_t i = 0; i < c.output_spatial.size(); ++i) {
    const auto place = static_cast<size_t>(c.output_spatial[i]);
    const auto window = static_cast<size_t>(c.kernel_spatial[i]);
    if (place + d + 1 == shape.size()) return op.operand(1)->type().shape[window] > shape[place];
  }
  return false;
}

/// The loops over a convolution's result that can be split into blocks: over tiles along rows, and
/// over positions beyond. By dimensions counted from the last; none before the tile's rows.
std::vector<int64_t> loop_extents(const ir::Shape& shape, const ProductTile& tile) {
  std::vector<int64_t> extents(shape.rbegin(), shape.rend());
  extents[tile.row_dimension] = tiles_over(extents[tile.row_dimension], tile.rows);
  return extents;
}

/// How many iterations of each of these loops lie in a block: all that read the same inputs, then
/// as many as make kBlockRows rows.
std::vector<int64_t> block_parts(const ir::Op& op, const ProductTile& tile) {
  const ir::Shape& shape = op.result()->type().shape;
  const std::vector<int64_t> extents = loop_extents(shape, tile);
  std::vector<int64_t> parts(extents.size(), 1);
  int64_t rows = tile.rows, shared = 1;
  for (size_t d = 1; d < tile.row_dimension; ++d) rows *= extents[d];
  for (size_t d = tile.row_dimension + 1; d < extents.size(); ++d)
    if (shares_inputs(op, d)) shared *= parts[d] = extents[d];
  bool is_full = false;
  const auto take = [&](size_t d, int64_t part) {
    parts[d] = part;
    rows *= part;
    is_full = part < extents[d];
  };
  const int64_t own = std::max<int64_t>(1, kSharedBlockRows / rows);
  take(tile.row_dimension,
       shared > 1 ? std::min(own, extents[tile.row_dimension]) : extents[tile.row_dimension]);
  rows *= shared;
  for (size_t d = tile.row_dimension + 1; d < extents.size() && !is_full; ++d) {
    if (!shares_inputs(op, d))
      take(d, divisor_at_most(extents[d], std::max<int64_t>(1, kBlockRows / rows)));
  }
  return parts;
}

/// Blocks of a convolution's result: the consumer's innermost loop around a tile, the loops of the
/// sums within a block, innermost first, and those of the consumer around blocks, outermost first.
struct ConvolutionBlocks {
  Halide::Var tiles;
  std::vector<Halide::Var> within;
  Halide::Var block{"block"};  ///< of one iteration, whatever becomes of those around
  std::vector<Loop> around;
};

/// Orders the loops of a convolution's consumer by blocks.
ConvolutionBlocks order_blocks(Halide::Func consumer, const ir::Op& op, Halide::Func sums,
                               const TileLoops& loops, const ProductTile& tile) {
  const std::vector<int64_t> extents = loop_extents(op.result()->type().shape, tile);
  const std::vector<int64_t> parts = block_parts(op, tile);
  const std::vector<Halide::Var> args = consumer.args();
  ConvolutionBlocks blocks;
  const Halide::Var columns("block_columns");
  consumer.split(loops.columns, columns, blocks.block, 1);
  blocks.around = {{columns, tiles_over(op.result()->type().shape.back(), tile.columns())}};
  std::vector<Halide::VarOrRVar> order = loops.inner, beyond;
  for (size_t d = tile.row_dimension; d < extents.size(); ++d) {
    const bool is_tiled = d == tile.row_dimension, is_whole = parts[d] == extents[d];
    Halide::Var around = is_tiled ? loops.rows : args[d], within = around;
    const bool runs_within = is_tiled || is_whole || parts[d] > 1;
    if (runs_within && !is_whole) {
      const Halide::Var all = around;
      around = Halide::Var("around" + std::to_string(d));
      within = Halide::Var("block" + std::to_string(d));
      consumer.split(all, around, within, static_cast<int>(parts[d]),
                     tail_of(extents[d], parts[d]));
    }
    if (!is_whole) {
      beyond.emplace_back(around);
      blocks.around.insert(blocks.around.begin(), {around, tiles_over(extents[d], parts[d])});
    }
    if (!runs_within) continue;
    order.emplace_back(within);
    blocks.within.push_back(sums.args()[is_tiled ? size_t{kRows} : parameter_of(tile, d)]);
    if (is_tiled) blocks.tiles = within;
  }
  order.insert(order.end(), {blocks.block, columns});
  order.insert(order.end(), beyond.begin(), beyond.end());
  consumer.reorder(order);
  return blocks;
}

/// Whether packing the kernel is a transpose: the sums run along its memory as along the input's.
bool packs_by_transposing(const ir::Op& op) {
  const ir::Convolution c = ir::Convolution::of(op);
  const int64_t last = op.result()->type().rank() - 1;
  return c.kernel_input_feature == last && c.input_feature == last;
}

/// The chunks of a convolution's sums; none where it reads them otherwise than a product does.
std::optional<SumChunks> choose_convolution_chunks(const ir::Op& op, const ProductTile& tile) {
  const ir::Convolution c = ir::Convolution::of(op);
  const int64_t last = op.result()->type().rank() - 1;
  const bool is_product =
      last == c.output_feature && c.feature_group_count == 1 && c.batch_group_count == 1;
  const bool can_be_packed = right_lies_along_columns(op) || packs_by_transposing(op);
  if (!is_product || !can_be_packed) return std::nullopt;
  const ir::Type& type = op.result()->type();
  return choose_chunks(op, tile, type.count() / type.shape.back());
}

/// Packs the kernel where neighbours along the output features lie apart in its memory.
void pack_kernel(Algorithm& algorithm, const ir::Op& op, const Target& target) {
  const ir::Convolution c = ir::Convolution::of(op);
  const int64_t last = op.result()->type().rank() - 1;
  if (last != c.output_feature || c.kernel_output_feature == last) return;
  algorithm.right_operands.at(op.result()).packed.compute_root();
  if (packs_by_transposing(op)) schedule_packing(algorithm, op, target);
}

/// Split-K: how many parts the outermost sum is split into, each for a task of its own; more than
/// one where the result has few tiles. A matter of sizes alone.
int64_t choose_parts(const ir::Op& op, const ProductTile& tile) {
  const ir::Shape& shape = op.result()->type().shape;
  int64_t tiles = tiles_over(shape.back(), tile.columns());
  for (size_t d = tile.row_dimension; d < shape.size(); ++d) {
    const int64_t extent = shape[shape.size() - 1 - d];
    tiles *= d == tile.row_dimension ? tiles_over(extent, tile.rows) : extent;
  }
  if (tiles >= kConvolutionSplitParts / 2 || multiply_adds(op) < kLeastSplitWork) return 1;
  return divisor_at_most(outermost_sum(op), kConvolutionSplitParts);
}

/// Partial sums of each part by a task of its own, then the epilogue over their totals.
void schedule_split_k(Algorithm& algorithm, Output& output, const ir::Op& op, int64_t parts) {
  const ProductTile& tile = algorithm.tiles.at(op.result());
  SumParts split = split_sums(algorithm, op, parts);
  split.parts.parallel(split.part);
  split.partial.compute_at(split.parts, split.parts.args()[kColumns]);
  const TileLoops loops = tile_consumer(output.func, output.shape, tile);
  order_loops(output.func, loops, output.shape, tile);
  add_parts(algorithm, op, split, output, loops);
}

}  // namespace

void schedule_convolution(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& op = root_of(ir::FusionKind::convolution, region);
  KILN_CHECK(algorithm.outputs.size() == 1, "a convolution kernel has results of one shape");
  Output& output = algorithm.outputs[0];
  const ProductTile& tile = algorithm.tiles.at(op.result());
  const int64_t parts = choose_parts(op, tile);
  const int64_t most_tasks = tasks_for_products(target, multiply_adds(op));
  const std::optional<SumChunks> chunks = choose_convolution_chunks(op, tile);
  if (parts > 1 || !chunks) pack_kernel(algorithm, op, target);
  if (parts > 1) return schedule_split_k(algorithm, output, op, parts);
  const TileLoops loops = tile_consumer(output.func, output.shape, tile);
  if (chunks) {
    const ConvolutionBlocks blocks =
        order_blocks(output.func, op, algorithm.sums.at(op.result()), loops, tile);
    split_into_tasks(output.func, blocks.around, most_tasks);
    sum_blocks(algorithm, op, *chunks, {output.func, blocks.tiles, blocks.block, blocks.within},
               target);
  } else {
    split_into_tasks(output.func, order_loops(output.func, loops, output.shape, tile), most_tasks);
    compute_tile(algorithm, op, {output.func, loops.rows});
  }
  compute_stage(output.stage, output.func, loops);
}

void schedule_small_convolution(Algorithm& algorithm, const ir::Op& op, const Target& target) {
  if (!algorithm.sums.contains(op.result())) return;  // of nothing
  Halide::Func product = algorithm.funcs.at(op.result());
  product.compute_root();
  pack_kernel(algorithm, op, target);
  const ir::Shape& shape = op.result()->type().shape;
  const ProductTile& tile = algorithm.tiles.at(op.result());
  const TileLoops loops = tile_consumer(product, shape, tile);
  order_loops(product, loops, shape, tile);
  compute_tile(algorithm, op, {product, loops.rows});
}

}  // namespace kiln::codegen::cpu
