#include "codegen/kernels/cpu/product_blocks.h"

#include <algorithm>

#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"

namespace kiln::codegen::cpu {
namespace {

/// Bytes of the right operand that a chunk reads, about, and at most: a share of the second cache,
/// of which common cores have from 256 KiB on. Chosen, not measured.
constexpr int64_t kChunkBytes = 128 * 1024;

/// Rows from which on it pays to pack the right operand. Chosen, not measured.
constexpr int64_t kLeastBlockedRows = 64;

/// Bytes between neighbouring rows of the right operand from which on a tile's part of it is worth
/// packing by itself: each row is in a page of its own, and many fall into the same few sets of a
/// cache.
constexpr int64_t kFarRowBytes = 4096;

/// Whether the right operand's rows lie far apart.
bool has_far_rows(const ir::Op& product) {
  const ir::Type& right = product.operand(1)->type();
  return product.is("dot_general") && right_lies_along_columns(product) &&
         right.shape.back() * ir::size_of(right.element) >= kFarRowBytes;
}

}  // namespace

std::optional<SumChunks> choose_chunks(const ir::Op& product, const ProductTile& tile,
                                       int64_t rows) {
  const ir::Shape extents = summed_extents(product);
  const int64_t bytes =
      tile.columns() * std::max<int64_t>(4, ir::size_of(product.result()->type().element));
  if (rows < kLeastBlockedRows) return std::nullopt;
  if (ir::element_count(extents) * bytes <= 2 * kChunkBytes) {
    if (!has_far_rows(product)) return std::nullopt;
    return SumChunks{extents.size(), 1};
  }
  SumChunks chunks;
  int64_t depth = 1;
  while (chunks.whole < extents.size() && depth * extents[chunks.whole] * bytes <= kChunkBytes)
    depth *= extents[chunks.whole++];
  // Even chunks, or nearly so: the last one may be shorter.
  const int64_t extent = extents[chunks.whole];
  const int64_t most = std::max<int64_t>(1, kChunkBytes / bytes / depth);
  const int64_t even = divisor_at_most(extent, most);
  chunks.part = 2 * even > most ? even : tiles_over(extent, tiles_over(extent, most));
  return chunks;
}

namespace {

/// Packs what a chunk reads of the right operand.
void pack_chunk(Algorithm& algorithm, const ir::Op& product, const Halide::LoopLevel& level,
                const Target& target) {
  const ProductTile& tile = algorithm.tiles.at(product.result());
  Halide::Func packed = algorithm.right_operands.at(product.result()).packed;
  packed.compute_at(level);
  if (!right_lies_along_columns(product)) return schedule_packing(algorithm, product, target);
  if (tile.lanes > 1) packed.vectorize(packed.args()[0], static_cast<int>(tile.lanes));
}

}  // namespace

void sum_blocks(Algorithm& algorithm, const ir::Op& product, const SumChunks& chunks,
                const Block& block, const Target& target) {
  const ir::Shape& shape = product.result()->type().shape;
  const ProductTile& tile = algorithm.tiles.at(product.result());
  Halide::Func sums = algorithm.sums.at(product.result());
  const std::vector<Halide::RVar> reduced = sums.rvars(0);
  if (chunks.whole == reduced.size()) {
    pack_chunk(algorithm, product, {block.consumer, block.loop}, target);
    return compute_tile(algorithm, product, {block.consumer, block.tile_loop});
  }
  const auto first = reduced.begin() + static_cast<std::ptrdiff_t>(chunks.whole);
  std::vector<Halide::RVar> within(reduced.begin(), first), across(first, reduced.end());
  if (chunks.part > 1) {
    const Halide::RVar outer("r_chunk"), inner("r_in_chunk");
    sums.update().split(across[0], outer, inner, static_cast<int>(chunks.part));
    within.push_back(inner);
    across[0] = outer;
  }
  std::vector<std::pair<Halide::RVar, Halide::Var>> preserved;
  for (size_t i = 0; i < across.size(); ++i)
    preserved.emplace_back(across[i], Halide::Var("chunk" + std::to_string(i)));
  Halide::Func partial = sums.update().rfactor(preserved);
  sums.compute_at(block.consumer, block.loop);
  unroll_tile(sums, shape, tile, {});
  std::vector<Halide::VarOrRVar> nest = loops_within_tile(sums, tile);
  for (const Halide::Var& var : block.sums_loops) nest.emplace_back(var);
  for (const Halide::RVar& chunk : across) nest.emplace_back(chunk);
  sums.update().reorder(nest);
  partial.compute_at(sums, block.sums_loops[0]);
  unroll_tile(partial, shape, tile, within);
  pack_chunk(algorithm, product, {sums, across[0]}, target);
}

}  // namespace kiln::codegen::cpu
