#include "codegen/kernels/gpu/product.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/convolution.h"

namespace kiln::codegen::gpu {
namespace {

/// A thread's tile, at most.
constexpr int64_t kMostRows = 8, kMostColumns = 4;
/// Neighbouring threads along columns.
constexpr int64_t kThreadsAlongColumns = 16;
/// What one load of 32-bit values brings at most, and as many steps of the innermost sum run as
/// one, so that their loads are under way together; more of them where an extent has no such
/// divisor.
constexpr int64_t kLoad = 4, kMostSteps = 8;
/// A piece of the sums is worth threads of its own from this depth on, and this many pieces a
/// launch that adds them; memory for partial sums.
constexpr int64_t kLeastDepth = 32, kFewestPieces = 3;
constexpr int64_t kMostPartialBytes = 64 << 20;
/// So often must the right operand be read to be worth a launch that packs it.
constexpr int64_t kReadsWorthPacking = 64;

/// How a product is cut: its values into tiles of `columns` by `rows` for a thread each, its
/// outermost sums into pieces.
struct Cut {
  int64_t columns = 1;
  int64_t rows = 1;
  size_t row_arg = 1;  ///< the Func's argument that runs over rows
  ir::Shape pieces;    ///< of the outermost sum, the next one, ...

  int64_t piece_count() const { return ir::element_count(pieces); }
};

int64_t extent_of(const ir::Type& type, size_t arg) {
  return type.shape[type.shape.size() - 1 - arg];
}

/// Along which of its dimensions rows make the largest tiles: one where the right operand is the
/// same for all, if there is any.
size_t choose_row_arg(const ir::Op& product) {
  const ir::Type& type = product.result()->type();
  size_t best = 1;
  int64_t most = 1;
  for (int64_t d : row_dimensions(product)) {
    const auto arg = static_cast<size_t>(type.rank() - 1 - d);
    const int64_t rows = divisor_at_most(extent_of(type, arg), kMostRows);
    if (rows >= most) best = arg;
    most = std::max(most, rows);
  }
  return best;
}

/// Pieces of the outermost sum, and of the next ones while there are fewer than `most`.
ir::Shape cut_sums(const ir::Op& product, int64_t most) {
  ir::Shape pieces;
  const ir::Shape extents = summed_extents(product);
  for (size_t i = extents.size(); i-- > 0 && most > 1; most /= pieces.back())
    pieces.push_back(divisor_at_most(extents[i], most));
  while (!pieces.empty() && pieces.back() == 1) pieces.pop_back();
  return ir::element_count(pieces) < kFewestPieces ? ir::Shape{} : pieces;
}

/// Large tiles, which read an operand's element less often, where there are enough values to keep
/// all threads busy with them; pieces of the sums where there are not. A matter of sizes alone.
Cut choose_cut(const ir::Op& product) {
  const ir::Type& type = product.result()->type();
  const int64_t most_columns = std::min(vector_columns(product), kMostColumns);
  Cut cut;
  cut.columns = divisor_at_most(type.shape.back(), most_columns);
  cut.row_arg = choose_row_arg(product);
  const int64_t rows = extent_of(type, cut.row_arg);
  cut.rows = divisor_at_most(rows, kMostRows);
  const int64_t depth = multiply_adds(product) / std::max<int64_t>(1, type.count());
  auto threads = [&] { return type.count() / cut.columns / cut.rows; };
  while (cut.rows > 1 && threads() * std::max<int64_t>(1, depth / kLeastDepth) < kBusyThreads)
    cut.rows = divisor_at_most(rows, cut.rows - 1);
  const int64_t most_pieces =
      std::min({kBusyThreads / std::max<int64_t>(1, threads()), depth / kLeastDepth,
                kMostPartialBytes / std::max<int64_t>(1, type.count() * 4)});
  cut.pieces = cut_sums(product, most_pieces);
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

/// Of a piece's innermost loop.
int64_t innermost_extent(const ir::Op& product, const Cut& cut) {
  const ir::Shape extents = summed_extents(product);
  return cut.pieces.size() < extents.size() ? extents[0] : extents[0] / cut.pieces.back();
}

/// Whether the tile's rows are the left operand's alone.
bool varies_along_rows(const ir::Op& product, const Cut& cut) {
  const auto d = static_cast<int64_t>(product.result()->type().shape.size() - 1 - cut.row_arg);
  return std::ranges::count(row_dimensions(product), d) > 0;
}

/// What runs along the left operand's memory.
enum class LeftOrder { sums, rows, other };

LeftOrder left_order(const ir::Op& product, const Cut& cut) {
  const int64_t last = product.operand(0)->type().rank() - 1;
  if (product.is("convolution")) {
    const ir::Convolution c = ir::Convolution::of(product);
    return c.input_feature == last ? LeftOrder::sums
           : c.input_batch == last ? LeftOrder::rows
                                   : LeftOrder::other;
  }
  const auto& contracting = product.get<ir::Integers>("lhs_contracting");
  const auto& partners = product.get<ir::Integers>("rhs_contracting");
  const auto innermost = std::ranges::max_element(partners) - partners.begin();
  if (contracting[static_cast<size_t>(innermost)] == last) return LeftOrder::sums;
  // Of what stays, the last dimension is the last of the rows.
  const ir::Integers rows = row_dimensions(product);
  const auto d = std::ssize(product.result()->type().shape) - 1 - static_cast<int64_t>(cut.row_arg);
  const bool stays = std::ranges::count(contracting, last) == 0;
  return stays && !rows.empty() && rows.back() == d ? LeftOrder::rows : LeftOrder::other;
}

/// How many steps of an innermost sum of this extent run as one.
int64_t choose_steps(int64_t extent) {
  return extent % kLoad == 0 ? kLoad : divisor_at_most(extent, kMostSteps);
}

/// The sums of one tile in a thread's registers; returns the loop over their innermost steps.
Halide::LoopLevel sum_in_registers(Halide::Func sums, const Cut& cut, int64_t steps,
                                   const TileLoops& loops, const Target& target) {
  const std::vector<Halide::Var> args = sums.args();
  const Halide::RVar step("r_step"), turn("r_turn");
  sums.compute_at(loops.thread);
  std::vector<Halide::VarOrRVar> order = {args[0], args[cut.row_arg], step, turn};
  const std::vector<Halide::RVar> summed = sums.rvars(0);
  order.insert(order.end(), summed.begin() + 1, summed.end());
  sums.update().split(summed[0], turn, step, static_cast<int>(steps)).unroll(step).reorder(order);
  for (Halide::Stage stage : {Halide::Stage(sums), sums.update()}) {
    side_by_side(stage, args[0], target);
    stage.unroll(args[cut.row_arg]);
  }
  return Halide::LoopLevel(sums, turn);
}

/// Loads what a tile's steps read of the left operand, as wide as its memory allows.
void load_left_operand(Halide::Func left, const Halide::Var& row, const ir::Op& product,
                       const Cut& cut, int64_t steps, Halide::LoopLevel turn,
                       const Target& target) {
  left.compute_at(turn);
  const LeftOrder order = left_order(product, cut);
  const Halide::Var step = left.args()[0];
  const Halide::Var& along = order == LeftOrder::rows ? row : step;
  const int64_t neighbours = order == LeftOrder::rows   ? cut.rows
                             : order == LeftOrder::sums ? steps
                                                        : 1;
  for (const Halide::Var& arg : left.args()) {
    if (arg.name() != along.name() || neighbours % kLoad != 0 || target.device != KILN_CUDA) {
      left.unroll(arg);
      continue;
    }
    const Halide::Var load("load"), in_load("in_load");
    left.split(arg, load, in_load, static_cast<int>(kLoad)).vectorize(in_load).unroll(load);
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
  return depth / cut.piece_count() * cut.columns * loops.threads_along_columns;
}

/// Of RightOperand::packed.
ir::Shape packed_shape(const ir::Op& product) {
  const ir::Shape& right = product.operand(1)->type().shape;
  if (product.is("convolution")) {
    ir::Shape shape = summed_extents(product);
    std::reverse(shape.begin(), shape.end());
    shape.push_back(right[static_cast<size_t>(ir::Convolution::of(product).kernel_output_feature)]);
    return shape;
  }
  ir::Integers dims = product.get<ir::Integers>("rhs_batching");
  const auto& contracting = product.get<ir::Integers>("rhs_contracting");
  dims.insert(dims.end(), contracting.begin(), contracting.end());
  for (int64_t d = 0; d < static_cast<int64_t>(right.size()); ++d) {
    if (std::ranges::count(dims, d) == 0) dims.push_back(d);
  }
  ir::Shape shape;
  for (int64_t d : dims) shape.push_back(right[static_cast<size_t>(d)]);
  return shape;
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
    store({right.packed}, packed_shape(product), target);
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
  }
  in_tiles.compute_root();
  const TileLoops loops = over_tiles(in_tiles, shape, cut, target);
  const int64_t steps = choose_steps(innermost_extent(product, cut));
  const Halide::LoopLevel turn = sum_in_registers(tile, cut, steps, loops, target);
  const auto left = algorithm.left_operands.find(product.result());
  if (left != algorithm.left_operands.end() && varies_along_rows(product, cut))
    load_left_operand(left->second, sums.args()[cut.row_arg], product, cut, steps, turn, target);
  Halide::Func stage = consumer.stage;
  if (stage.defined() && cut.pieces.empty()) {
    stage.compute_at(loops.thread).unroll(stage.args()[cut.row_arg]);
    side_by_side(stage, stage.args()[0], target);
  }
  place_right_operand(algorithm.right_operands.at(product.result()), product, cut, loops, target);
}

}  // namespace kiln::codegen::gpu
