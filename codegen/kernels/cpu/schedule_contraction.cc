#include <algorithm>

#include "codegen/kernels/cpu/product_blocks.h"
#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {
namespace {

/// The order of the tiles. Along columns where the whole right operand stays in the nearest cache:
/// the result is then written in the order of memory, which matters most where an optimizer's
/// update streams a weight and its slots through the epilogue. Else along rows, which reuse the
/// columns' part of the right operand.
enum class Order { by_rows, by_columns };

Order choose_order(const ir::Op& dot, const Target& target) {
  const bool is_resident = dot.operand(1)->type().bytes() <= resident_bytes(target);
  return is_resident ? Order::by_columns : Order::by_rows;
}

/// The loops around tiles: over tasks, and the innermost one, in which a tile is computed.
struct Nest {
  Halide::Var task;
  Halide::Var tile;
};

/// Splits a matrix's tiles into tasks along the slower dimension.
Nest split_matrix(Halide::Func output, const TileLoops& loops, Order order, int64_t column_tiles,
                  int64_t row_tiles, int64_t most_tasks) {
  const bool by_columns = order == Order::by_columns;
  const int64_t column_tasks = count_tasks(column_tiles, most_tasks);
  const int64_t row_tasks = count_tasks(row_tiles, most_tasks);
  const bool splits_rows = by_columns ? row_tasks >= column_tasks : row_tasks > column_tasks;
  const Loop split = splits_rows ? Loop{loops.rows, row_tiles} : Loop{loops.columns, column_tiles};
  const Halide::Var task = split_into_tasks(output, {split}, most_tasks);
  const Halide::Var rest("rest");
  const Halide::Var rows = splits_rows ? rest : loops.rows;
  const Halide::Var columns = splits_rows ? loops.columns : rest;
  const Halide::Var faster = by_columns ? columns : rows, slower = by_columns ? rows : columns;
  std::vector<Halide::VarOrRVar> order_of_loops = loops.inner;
  order_of_loops.insert(order_of_loops.end(), {faster, slower, task});
  output.reorder(order_of_loops);
  return {task, faster};
}

/// Splits a batch of matrices into tasks of whole matrices, or of parts of them where they are few.
Nest split_batch(Halide::Func output, const TileLoops& loops, Order order, const ir::Shape& shape,
                 const ProductTile& tile, int64_t most_tasks) {
  const Loop rows{loops.rows, tiles_over(shape[shape.size() - 2], tile.rows)};
  const Loop columns{loops.columns, tiles_over(shape.back(), tile.columns())};
  const Loop& faster = order == Order::by_columns ? columns : rows;
  const Loop& slower = order == Order::by_columns ? rows : columns;
  std::vector<Loop> split;
  std::vector<Halide::VarOrRVar> order_of_loops = loops.inner;
  order_of_loops.insert(order_of_loops.end(), {faster.var, slower.var});
  for (size_t d = 0; d + 2 < shape.size(); ++d)
    split.push_back({output.args()[shape.size() - 1 - d], shape[d]});
  for (size_t i = split.size(); i-- > 0;) order_of_loops.emplace_back(split[i].var);
  output.reorder(order_of_loops);
  split.push_back(slower);
  return {split_into_tasks(output, split, most_tasks), faster.var};
}

/// Split-K: whether the contracted dimension is split (kSplitKParts). Not a matter of the number of
/// threads, which must not change the bits.
bool splits_k(const ir::Op& dot) {
  const ir::Integers contracting = ir::DotGeneral::of(dot).lhs_contracting;
  const ir::Shape& shape = dot.result()->type().shape;
  if (contracting.size() != 1 || shape.size() != 2 || needs_packing(dot)) return false;
  const int64_t depth = dot.operand(0)->type().shape[static_cast<size_t>(contracting[0])];
  return depth >= kSplitKLeastDepth && depth % kSplitKParts == 0 &&
         depth >= kSplitKDepthPerRow * shape[0] && multiply_adds(dot) >= kLeastSplitWork;
}

/// Partial sums of each part, in tasks of their own.
void sum_in_tasks(SumParts& split, int64_t column_tiles, const Target& target) {
  const std::vector<Halide::Var> args = split.parts.args();
  split.partial.compute_at(split.parts, args[kRows]);
  const int64_t column_tasks =
      divisor_at_most(column_tiles, std::max<int64_t>(1, target.threads / kSplitKParts));
  const Halide::Var task("task"), rest("rest"), tasks("tasks");
  split.parts.split(args[kColumns], task, rest, static_cast<int>(column_tiles / column_tasks))
      .reorder(args[kLane], args[kVector], args[kRow], args[kRows], rest, task, split.part);
  if (target.threads > 1) split.parts.fuse(task, split.part, tasks).parallel(tasks);
}

/// Partial sums of each part by tasks of their own, then the epilogue over their totals.
void schedule_split_k(Algorithm& algorithm, const ir::Op& dot, Output& output,
                      const Target& target) {
  const ProductTile& tile = algorithm.tiles.at(dot.result());
  SumParts split = split_sums(algorithm, dot, kSplitKParts);
  sum_in_tasks(split, tiles_over(output.shape.back(), tile.columns()), target);
  const TileLoops loops = tile_consumer(output.func, output.shape, tile);
  std::vector<Halide::VarOrRVar> order = loops.inner;
  order.insert(order.end(), {loops.rows, loops.columns});
  output.func.reorder(order);
  add_parts(algorithm, dot, split, output, loops);
}

/// A matrix in blocks of rows, each as wide as a tile.
void schedule_blocks(Algorithm& algorithm, const ir::Op& dot, const SumChunks& chunks,
                     Output& output, const Target& target) {
  const ProductTile& tile = algorithm.tiles.at(dot.result());
  const int64_t row_tiles = tiles_over(output.shape[0], tile.rows);
  const int64_t in_block = std::clamp<int64_t>(kBlockRows / tile.rows, 1, row_tiles);
  const TileLoops loops = tile_consumer(output.func, output.shape, tile);
  // The block's own loop, of one iteration, stays whatever becomes of those around it.
  const Halide::Var rows("block_rows"), row("block_row"), columns("block_columns"), block("block");
  output.func.split(loops.rows, rows, row, static_cast<int>(in_block), tail_of(row_tiles, in_block))
      .split(loops.columns, columns, block, 1);
  std::vector<Halide::VarOrRVar> order = loops.inner;
  order.insert(order.end(), {row, block, rows, columns});
  output.func.reorder(order);
  split_into_tasks(output.func,
                   {{columns, tiles_over(output.shape[1], tile.columns())},
                    {rows, tiles_over(row_tiles, in_block)}},
                   tasks_for_products(target, multiply_adds(dot)));
  const Halide::Var row_tile = algorithm.sums.at(dot.result()).args()[kRows];
  sum_blocks(algorithm, dot, chunks, {output.func, row, block, {row_tile}}, target);
  compute_stage(output.stage, output.func, loops);
}

}  // namespace

void schedule_contraction(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& dot = root_of(ir::FusionKind::contraction, region);
  KILN_CHECK(algorithm.outputs.size() == 1, "a contraction kernel has results of one shape");
  Output& output = algorithm.outputs[0];
  const ir::Shape& shape = output.shape;
  const ProductTile& tile = algorithm.tiles.at(dot.result());
  if (shape.size() == 2) {
    const std::optional<SumChunks> chunks = choose_chunks(dot, tile, shape[0]);
    if (chunks) return schedule_blocks(algorithm, dot, *chunks, output, target);
  }
  if (splits_k(dot)) return schedule_split_k(algorithm, dot, output, target);
  const Order order = choose_order(dot, target);
  const TileLoops loops = tile_consumer(output.func, shape, tile);
  const int64_t most_tasks = tasks_for_products(target, multiply_adds(dot));
  const Nest nest =
      shape.size() > 2
          ? split_batch(output.func, loops, order, shape, tile, most_tasks)
          : split_matrix(output.func, loops, order, tiles_over(shape[1], tile.columns()),
                         tiles_over(shape[0], tile.rows), most_tasks);
  compute_tile(algorithm, dot, {output.func, nest.tile});
  compute_stage(output.stage, output.func, loops);
  if (!needs_packing(dot)) return;
  schedule_packing(algorithm, dot, target);
  // Once, or for each matrix of the batch if each has a right operand of its own.
  const bool one_for_all = ir::DotGeneral::of(dot).rhs_batching.empty();
  Halide::Func packed = algorithm.right_operands.at(dot.result()).packed;
  packed.compute_at(output.func, one_for_all ? nest.task : Halide::Var("rest"));
}

}  // namespace kiln::codegen::cpu
