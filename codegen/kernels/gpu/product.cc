#include "codegen/kernels/gpu/product.h"

#include <algorithm>

#include "codegen/kernels/gpu/launch_cost.h"
#include "codegen/kernels/gpu/product_tiling.h"
#include "codegen/kernels/gpu/tile_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::gpu {
namespace {

/// Runs a loop over neighbouring columns in a vector, or unrolled where there is no code for
/// vectors.
void side_by_side(Halide::Stage stage, const Halide::Var& column, const Target& target) {
  if (target.has_vector_code) {
    stage.vectorize(column);
  } else {
    stage.unroll(column);
  }
}

/// The loops of a stored Func over tiles.
struct TileLoops {
  Halide::LoopLevel thread;
  Halide::LoopLevel block;
  int64_t threads_along_columns;
  int64_t threads_along_rows;
};

/// Neighbouring tiles along columns are neighbouring threads' in x; all other loops are one loop of
/// threads in y, but that over the parts of split-K. Blocks along columns are a grid's second
/// dimension, unless they are too many for it.
TileLoops over_tiles(Halide::Func func, const ir::Shape& shape, const Tiling& tiling,
                     const Target& target) {
  const std::vector<Halide::Var> args = func.args();
  const Halide::Var columns("columns"), column("column"), row("row"), rows("rows"),
      block_x("block_x"), thread_x("thread_x"), block_y("block_y"), thread_y("thread_y");
  func.split(args[0], columns, column, static_cast<int>(tiling.columns));
  side_by_side(func, column, target);
  func.split(args[tiling.row_arg], rows, row, static_cast<int>(tiling.rows)).unroll(row);
  std::vector<Halide::Var> others(args.begin() + 1, args.begin() + static_cast<long>(shape.size()));
  others[tiling.row_arg - 1] = rows;
  const Halide::Var rest = fuse(func, others);
  const int64_t row_tiles = ir::element_count(shape) / shape.back() / tiling.rows;
  TileLoops loops;
  loops.threads_along_columns =
      divisor_at_most(shape.back() / tiling.columns, kThreadsAlongColumns);
  loops.threads_along_rows =
      std::min(row_tiles, threads_of_block(target) / loops.threads_along_columns);
  func.split(columns, block_x, thread_x, static_cast<int>(loops.threads_along_columns));
  func.split(rest, block_y, thread_y, static_cast<int>(loops.threads_along_rows),
             Halide::TailStrategy::GuardWithIf);
  std::vector<Halide::VarOrRVar> order = {column, row, thread_x, thread_y, block_y, block_x};
  std::vector<Halide::Var> parts(args.begin() + static_cast<long>(shape.size()), args.end());
  if (!parts.empty()) parts = {fuse(func, parts)};
  order.insert(order.end(), parts.begin(), parts.end());
  func.reorder(order).gpu_threads(thread_x, thread_y);
  std::vector<Halide::Var> blocks = {block_y, block_x};
  if (shape.back() / tiling.columns / loops.threads_along_columns > target.grid_blocks_yz)
    blocks = {fuse(func, blocks)};
  func.never_partition({blocks[0]});
  loops.thread = Halide::LoopLevel(func, thread_x);
  loops.block = Halide::LoopLevel(func, blocks[0]);
  blocks.insert(blocks.end(), parts.begin(), parts.end());
  for (const Halide::Var& block : blocks) func.gpu_blocks(block);
  return loops;
}

/// The sums of one tile in a thread's registers; returns the loop over their innermost steps.
Halide::LoopLevel sum_in_registers(Halide::Func sums, const Tiling& tiling, const TileLoops& loops,
                                   const Target& target) {
  const std::vector<Halide::Var> args = sums.args();
  const Halide::RVar step("r_step"), turn("r_turn");
  sums.compute_at(loops.thread);
  std::vector<Halide::VarOrRVar> order = {args[0], args[tiling.row_arg], step, turn};
  const std::vector<Halide::RVar> summed = sums.rvars(0);
  order.insert(order.end(), summed.begin() + 1, summed.end());
  sums.update()
      .split(summed[0], turn, step, static_cast<int>(tiling.steps))
      .unroll(step)
      .reorder(order);
  for (Halide::Stage stage : {Halide::Stage(sums), sums.update()}) {
    side_by_side(stage, args[0], target);
    stage.unroll(args[tiling.row_arg]);
  }
  return Halide::LoopLevel(sums, turn);
}

/// Loads what a tile's steps read of the left operand, as wide as its memory allows.
void load_left_operand(Halide::Func left, const Halide::Var& row, const Tiling& tiling,
                       Halide::LoopLevel turn, const Target& target) {
  left.compute_at(turn);
  for (const Halide::Var& arg : left.args()) {
    const bool is_step = arg.name() == left.args()[0].name(), is_row = arg.name() == row.name();
    const int64_t extent = is_step ? tiling.steps : is_row ? tiling.rows : 1;
    // Where padding is left out, Halide does not see that a tile reads one position.
    left.bound_extent(arg, static_cast<int>(extent));
    const bool along_memory = (tiling.left_order == LeftOrder::sums && is_step) ||
                              (tiling.left_order == LeftOrder::rows && is_row);
    if (along_memory && extent % target.wide_load == 0 && target.has_vector_code) {
      const Halide::Var load("load"), in_load("in_load");
      left.split(arg, load, in_load, target.wide_load).vectorize(in_load).unroll(load);
    } else {
      left.unroll(arg);
    }
  }
}

/// The columns of the right operand that a block needs, in its shared memory.
void share_right_operand(Halide::Func packed, const TileLoops& loops) {
  packed.compute_at(loops.block).store_in(Halide::MemoryType::GPUShared);
  const Halide::Var all = fuse(packed, packed.args());
  const Halide::Var turn("turn"), in_turn("in_turn"), thread_x("thread_x"), thread_y("thread_y");
  packed
      .split(all, turn, in_turn,
             static_cast<int>(loops.threads_along_columns * loops.threads_along_rows),
             Halide::TailStrategy::GuardWithIf)
      .split(in_turn, thread_y, thread_x, static_cast<int>(loops.threads_along_columns))
      .gpu_threads(thread_x, thread_y);
}

/// Whether all rows of a block read the same columns of the right operand, and how many elements
/// these have; 0 where they do not.
int64_t shared_elements(const ir::Op& product, const Tiling& tiling, const TileLoops& loops) {
  if (!product.is("dot_general")) return 0;
  const ir::DotGeneral dot = ir::DotGeneral::of(product);
  const ir::Type& type = product.result()->type();
  // The last dimensions of the result must be one of the right operand's alone.
  const ir::Type& right = product.operand(1)->type();
  const size_t free = right.shape.size() - dot.rhs_contracting.size();
  if (!dot.rhs_batching.empty() || free != 1 || type.shape.size() < 2 ||
      loops.threads_along_rows < 2)
    return 0;
  const int64_t depth = multiply_adds(product) / std::max<int64_t>(1, type.count());
  return depth / tiling.part_count() * tiling.columns * loops.threads_along_columns;
}

/// Shares the right operand where a block's part of it fits; else packs it once, by a launch of its
/// own, where its memory lies otherwise and it is read often.
void place_right_operand(const RightOperand& right, const ir::Op& product, const Tiling& tiling,
                         const TileLoops& loops, const Target& target) {
  const int64_t shared = shared_elements(product, tiling, loops);
  const ir::Type& type = product.operand(1)->type();
  if (shared > 0 && shared * ir::size_of(type.element) <= target.shared_bytes) {
    share_right_operand(right.packed, loops);
  } else if (!right_lies_along_columns(product) &&
             multiply_adds(product) >= kReadsWorthPacking * type.count()) {
    store({right.packed}, right.shape, target);
  }
}

/// Split-K: partial sums over parts of the outermost loops, with the parts' numbers as its last
/// arguments; the sums are left with the sum of these.
Halide::Func split_sums(Halide::Func sums, const ir::Op& product, const Tiling& tiling) {
  const ir::Shape extents = summed_extents(product);
  const std::vector<Halide::RVar> summed = sums.rvars(0);
  std::vector<std::pair<Halide::RVar, Halide::Var>> parts;
  for (size_t i = 0; i < tiling.parts.size(); ++i) {
    const size_t loop = summed.size() - 1 - i;
    const std::string number = std::to_string(i);
    const Halide::RVar part_r("r_piece" + number), within("r_in_piece" + number);
    sums.update().split(summed[loop], part_r, within,
                        static_cast<int>(extents[loop] / tiling.parts[i]));
    parts.emplace_back(part_r, Halide::Var("piece" + number));
  }
  return sums.update().rfactor(parts);
}

}  // namespace

void multiply(Algorithm& algorithm, const ir::Op& product, const Consumer& consumer,
              const Target& target) {
  const ir::Shape& shape = product.result()->type().shape;
  Halide::Func sums = algorithm.sums.at(product.result());
  const Tiling tiling = choose_tiling(product, target);
  Halide::Func in_tiles = consumer.func, tile = sums;
  if (!tiling.parts.empty()) {
    tile = split_sums(sums, product, tiling);
    in_tiles = tile.in(sums);
    sums.compute_at(store(consumer, shape, target));
    sums.update().unroll(sums.rvars(0)[0], kSplitKPartsAtOnce);
  }
  in_tiles.compute_root();
  const TileLoops loops = over_tiles(in_tiles, shape, tiling, target);
  const Halide::LoopLevel turn = sum_in_registers(tile, tiling, loops, target);
  const auto left = algorithm.left_operands.find(product.result());
  if (left != algorithm.left_operands.end() && tiling.has_rows)
    load_left_operand(left->second, sums.args()[tiling.row_arg], tiling, turn, target);
  Halide::Func stage = consumer.stage;
  if (stage.defined() && tiling.parts.empty()) {
    stage.compute_at(loops.thread).unroll(stage.args()[tiling.row_arg]);
    side_by_side(stage, stage.args()[0], target);
  }
  place_right_operand(algorithm.right_operands.at(product.result()), product, tiling, loops,
                      target);
}

}  // namespace kiln::codegen::gpu
