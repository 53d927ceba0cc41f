#include "codegen/kernels/gpu/product.h"

#include <algorithm>

#include "codegen/kernels/gpu/product_cut.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::gpu {
namespace {

/// Neighbouring threads along columns.
constexpr int64_t kThreadsAlongColumns = 16;
/// So many partial sums are loaded together.
constexpr int kPiecesAtOnce = 8;
/// So often must the right operand be read to be worth a launch that packs it.
constexpr int64_t kReadsWorthPacking = 64;

/// Runs a loop over neighbouring columns in a vector. In OpenCL C one after the other: Halide 21
/// fails on some of its comparisons of vectors, and drivers make vectors of their own.
void side_by_side(Halide::Stage stage, const Halide::Var& column, const Target& target) {
  if (target.device == KILN_CUDA) {
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
/// threads in y, but that over pieces.
TileLoops over_tiles(Halide::Func func, const ir::Shape& shape, const Cut& cut,
                     const Target& target) {
  const std::vector<Halide::Var> args = func.args();
  const Halide::Var columns("columns"), column("column"), row("row"), rows("rows"),
      block_x("block_x"), thread_x("thread_x"), block_y("block_y"), thread_y("thread_y");
  func.split(args[0], columns, column, static_cast<int>(cut.columns));
  side_by_side(func, column, target);
  func.split(args[cut.row_arg], rows, row, static_cast<int>(cut.rows)).unroll(row);
  std::vector<Halide::Var> others(args.begin() + 1, args.begin() + static_cast<long>(shape.size()));
  others[cut.row_arg - 1] = rows;
  const Halide::Var rest = fuse(func, others);
  const int64_t row_tiles = ir::element_count(shape) / shape.back() / cut.rows;
  TileLoops loops;
  loops.threads_along_columns = divisor_at_most(shape.back() / cut.columns, kThreadsAlongColumns);
  loops.threads_along_rows =
      std::min(row_tiles, target.block_threads / loops.threads_along_columns);
  func.split(columns, block_x, thread_x, static_cast<int>(loops.threads_along_columns));
  func.split(rest, block_y, thread_y, static_cast<int>(loops.threads_along_rows),
             Halide::TailStrategy::GuardWithIf);
  std::vector<Halide::VarOrRVar> order = {column, row, thread_x, thread_y, block_y, block_x};
  std::vector<Halide::Var> pieces(args.begin() + static_cast<long>(shape.size()), args.end());
  if (!pieces.empty()) pieces = {fuse(func, pieces)};
  order.insert(order.end(), pieces.begin(), pieces.end());
  func.reorder(order).gpu_threads(thread_x, thread_y).never_partition({block_y});
  if (!pieces.empty()) {
    func.gpu_blocks(block_y, block_x, pieces[0]);
  } else {
    func.gpu_blocks(block_y, block_x);
  }
  loops.thread = Halide::LoopLevel(func, thread_x);
  loops.block = Halide::LoopLevel(func, block_y);
  return loops;
}

/// The sums of one tile in a thread's registers; returns the loop over their innermost steps.
Halide::LoopLevel sum_in_registers(Halide::Func sums, const Cut& cut, const TileLoops& loops,
                                   const Target& target) {
  const std::vector<Halide::Var> args = sums.args();
  const Halide::RVar step("r_step"), turn("r_turn");
  sums.compute_at(loops.thread);
  std::vector<Halide::VarOrRVar> order = {args[0], args[cut.row_arg], step, turn};
  const std::vector<Halide::RVar> summed = sums.rvars(0);
  order.insert(order.end(), summed.begin() + 1, summed.end());
  sums.update()
      .split(summed[0], turn, step, static_cast<int>(cut.steps))
      .unroll(step)
      .reorder(order);
  for (Halide::Stage stage : {Halide::Stage(sums), sums.update()}) {
    side_by_side(stage, args[0], target);
    stage.unroll(args[cut.row_arg]);
  }
  return Halide::LoopLevel(sums, turn);
}

/// Loads what a tile's steps read of the left operand, as wide as its memory allows.
void load_left_operand(Halide::Func left, const Halide::Var& row, const Cut& cut,
                       Halide::LoopLevel turn, const Target& target) {
  left.compute_at(turn);
  for (const Halide::Var& arg : left.args()) {
    const bool is_step = arg.name() == left.args()[0].name(), is_row = arg.name() == row.name();
    const int64_t extent = is_step ? cut.steps : is_row ? cut.rows : 1;
    // Where padding is left out, Halide does not see that a tile reads one position.
    left.bound_extent(arg, static_cast<int>(extent));
    const bool along_memory = (cut.left_order == LeftOrder::sums && is_step) ||
                              (cut.left_order == LeftOrder::rows && is_row);
    if (along_memory && extent % kLoad == 0 && target.device == KILN_CUDA) {
      const Halide::Var load("load"), in_load("in_load");
      left.split(arg, load, in_load, static_cast<int>(kLoad)).vectorize(in_load).unroll(load);
    } else {
      left.unroll(arg);
    }
  }
}

/// The columns of the right operand that a block needs, in its local memory.
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
int64_t shared_elements(const ir::Op& product, const Cut& cut, const TileLoops& loops) {
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
  return depth / cut.piece_count() * cut.columns * loops.threads_along_columns;
}

/// Shares the right operand where a block's part of it fits; else packs it once, by a launch of its
/// own, where its memory lies otherwise and it is read often.
void place_right_operand(const RightOperand& right, const ir::Op& product, const Cut& cut,
                         const TileLoops& loops, const Target& target) {
  const int64_t shared = shared_elements(product, cut, loops);
  const ir::Type& type = product.operand(1)->type();
  if (shared > 0 && shared * ir::size_of(type.element) <= target.local_bytes) {
    share_right_operand(right.packed, loops);
  } else if (!right_lies_along_columns(product) &&
             multiply_adds(product) >= kReadsWorthPacking * type.count()) {
    store({right.packed}, right.shape, target);
  }
}

/// Partial sums over pieces of the outermost loops, with the pieces' numbers as its last arguments;
/// the sums are left with the sum of these.
Halide::Func sum_in_pieces(Halide::Func sums, const ir::Op& product, const Cut& cut) {
  const ir::Shape extents = summed_extents(product);
  const std::vector<Halide::RVar> summed = sums.rvars(0);
  std::vector<std::pair<Halide::RVar, Halide::Var>> pieces;
  for (size_t i = 0; i < cut.pieces.size(); ++i) {
    const size_t loop = summed.size() - 1 - i;
    const std::string number = std::to_string(i);
    const Halide::RVar piece_r("r_piece" + number), within("r_in_piece" + number);
    sums.update().split(summed[loop], piece_r, within,
                        static_cast<int>(extents[loop] / cut.pieces[i]));
    pieces.emplace_back(piece_r, Halide::Var("piece" + number));
  }
  return sums.update().rfactor(pieces);
}

}  // namespace

void multiply(Algorithm& algorithm, const ir::Op& product, const Consumer& consumer,
              const Target& target) {
  const ir::Shape& shape = product.result()->type().shape;
  Halide::Func sums = algorithm.sums.at(product.result());
  const Cut cut = choose_cut(product);
  Halide::Func in_tiles = consumer.func, tile = sums;
  if (!cut.pieces.empty()) {
    tile = sum_in_pieces(sums, product, cut);
    in_tiles = tile.in(sums);
    sums.compute_at(store(consumer, shape, target));
    sums.update().unroll(sums.rvars(0)[0], kPiecesAtOnce);
  }
  in_tiles.compute_root();
  const TileLoops loops = over_tiles(in_tiles, shape, cut, target);
  const Halide::LoopLevel turn = sum_in_registers(tile, cut, loops, target);
  const auto left = algorithm.left_operands.find(product.result());
  if (left != algorithm.left_operands.end() && cut.has_rows)
    load_left_operand(left->second, sums.args()[cut.row_arg], cut, turn, target);
  Halide::Func stage = consumer.stage;
  if (stage.defined() && cut.pieces.empty()) {
    stage.compute_at(loops.thread).unroll(stage.args()[cut.row_arg]);
    side_by_side(stage, stage.args()[0], target);
  }
  place_right_operand(algorithm.right_operands.at(product.result()), product, cut, loops, target);
}

}  // namespace kiln::codegen::gpu
