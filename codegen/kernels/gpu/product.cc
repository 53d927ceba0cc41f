#include "codegen/kernels/gpu/product.h"

#include <algorithm>

#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"

namespace kiln::codegen::gpu {
namespace {

/// A thread's tile, at most.
constexpr int64_t kMostRows = 8, kMostColumns = 4;
/// Neighbouring threads along columns.
constexpr int64_t kThreadsAlongColumns = 16;
/// A piece of the sums is worth threads of its own from this depth on; memory for partial sums.
constexpr int64_t kLeastDepth = 32;
constexpr int64_t kMostPartialBytes = 64 << 20;

/// How a product is cut: its values into tiles of `columns` by `rows` for a thread each, the
/// outermost sum into pieces.
struct Cut {
  int64_t columns = 1;
  int64_t rows = 1;
  int64_t pieces = 1;
};

/// Large tiles, which read an operand's element less often, where there are enough values to keep
/// all threads busy with them; pieces of the sums where there are not. A matter of sizes alone.
Cut choose_cut(const ir::Op& product) {
  const ir::Type& type = product.result()->type();
  const int64_t most_columns = std::min(vector_columns(product), kMostColumns);
  Cut cut{divisor_at_most(type.shape.back(), most_columns),
          divisor_at_most(type.shape[type.shape.size() - 2], kMostRows), 1};
  const int64_t depth = multiply_adds(product) / std::max<int64_t>(1, type.count());
  auto threads = [&] { return type.count() / cut.columns / cut.rows; };
  while (cut.rows > 1 && threads() * (depth / kLeastDepth) < kBusyThreads)
    cut.rows = divisor_at_most(type.shape[type.shape.size() - 2], cut.rows - 1);
  const int64_t most_pieces =
      std::min({kBusyThreads / std::max<int64_t>(1, threads()), depth / kLeastDepth,
                kMostPartialBytes / std::max<int64_t>(1, type.count() * 4)});
  if (most_pieces > 1) cut.pieces = divisor_at_most(outermost_sum(product), most_pieces);
  return cut;
}

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
  func.split(args[1], rows, row, static_cast<int>(cut.rows)).unroll(row);
  std::vector<Halide::Var> others(args.begin() + 1, args.begin() + static_cast<long>(shape.size()));
  others[0] = rows;
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
  if (args.size() > shape.size()) order.push_back(args.back());
  func.reorder(order).gpu_threads(thread_x, thread_y).never_partition({block_y});
  if (args.size() > shape.size()) {
    func.gpu_blocks(block_y, block_x, args.back());
  } else {
    func.gpu_blocks(block_y, block_x);
  }
  loops.thread = Halide::LoopLevel(func, thread_x);
  loops.block = Halide::LoopLevel(func, block_y);
  return loops;
}

/// The sums of one tile in a thread's registers.
void sum_in_registers(Halide::Func sums, const TileLoops& loops, const Target& target) {
  const std::vector<Halide::Var> args = sums.args();
  sums.compute_at(loops.thread);
  std::vector<Halide::VarOrRVar> order = {args[0], args[1]};
  for (const Halide::RVar& r : sums.rvars(0)) order.push_back(r);
  sums.update().reorder(order);
  for (Halide::Stage stage : {Halide::Stage(sums), sums.update()}) {
    side_by_side(stage, args[0], target);
    stage.unroll(args[1]);
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
  if (!product.is("dot_general") || !product.get<ir::Integers>("rhs_batching").empty()) return 0;
  const ir::Type& type = product.result()->type();
  // The last dimensions of the result must be one of the right operand's alone.
  const ir::Type& right = product.operand(1)->type();
  const size_t free = right.shape.size() - product.get<ir::Integers>("rhs_contracting").size();
  if (free != 1 || type.shape.size() < 2 || loops.threads_along_rows < 2) return 0;
  const int64_t depth = multiply_adds(product) / std::max<int64_t>(1, type.count());
  return depth / cut.pieces * cut.columns * loops.threads_along_columns;
}

}  // namespace

void multiply(Algorithm& algorithm, const ir::Op& product, const Consumer& consumer,
              const Target& target) {
  const ir::Shape& shape = product.result()->type().shape;
  Halide::Func sums = algorithm.sums.at(product.result());
  const Cut cut = choose_cut(product);
  Halide::Func in_tiles = consumer.func, tile = sums;
  if (cut.pieces > 1) {
    const Halide::RVar piece_r("r_piece"), within("r_in_piece");
    const Halide::Var piece("piece");
    sums.update().split(sums.rvars(0).back(), piece_r, within,
                        static_cast<int>(outermost_sum(product) / cut.pieces));
    tile = sums.update().rfactor(piece_r, piece);
    in_tiles = tile.in(sums);
    sums.compute_at(store(consumer, shape, target));
  }
  in_tiles.compute_root();
  const TileLoops loops = over_tiles(in_tiles, shape, cut, target);
  sum_in_registers(tile, loops, target);
  Halide::Func stage = consumer.stage;
  if (stage.defined() && cut.pieces == 1) {
    stage.compute_at(loops.thread).unroll(stage.args()[1]);
    side_by_side(stage, stage.args()[0], target);
  }
  const int64_t shared = shared_elements(product, cut, loops);
  if (shared > 0 && shared * ir::size_of(product.operand(1)->type().element) <= target.local_bytes)
    share_right_operand(algorithm.right_operands.at(product.result()).packed, loops);
}

}  // namespace kiln::codegen::gpu
