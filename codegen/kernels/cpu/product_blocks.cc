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

}  // namespace

std::optional<SumChunks> choose_chunks(const ir::Op& product, const ProductTile& tile,
                                       int64_t rows) {
  const ir::Shape extents = summed_extents(product);
  const int64_t bytes =
      tile.columns() * std::max<int64_t>(4, ir::size_of(product.result()->type().element));
  if (rows < kLeastBlockedRows || ir::element_count(extents) * bytes <= 2 * kChunkBytes)
    return std::nullopt;
  SumChunks chunks;
  int64_t depth = 1;
  while (chunks.whole < extents.size() && depth * extents[chunks.whole] * bytes <= kChunkBytes)
    depth *= extents[chunks.whole++];
  if (chunks.whole == extents.size()) return std::nullopt;
  // Even chunks, or nearly so: the last one may be shorter.
  const int64_t extent = extents[chunks.whole];
  const int64_t most = std::max<int64_t>(1, kChunkBytes / bytes / depth);
  const int64_t even = divisor_at_most(extent, most);
  chunks.part = 2 * even > most ? even : tiles_over(extent, tiles_over(extent, most));
  return chunks;
}

void sum_blocks(Algorithm& algorithm, const ir::Op& product, const SumChunks& chunks,
                const Halide::LoopLevel& loop, const std::vector<Halide::Var>& block_loops,
                const Target& target) {
  const ir::Shape& shape = product.result()->type().shape;
  const ProductTile& tile = algorithm.tiles.at(product.result());
  Halide::Func sums = algorithm.sums.at(product.result());
  std::vector<Halide::RVar> reduced = sums.rvars(0);
  std::vector<Halide::RVar> within(reduced.begin(),
                                   reduced.begin() + static_cast<long>(chunks.whole));
  std::vector<Halide::RVar> across(reduced.begin() + static_cast<long>(chunks.whole),
                                   reduced.end());
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
  sums.compute_at(loop);
  std::vector<Halide::RVar> order;
  unroll_tile(sums, shape, tile, order);
  const std::vector<Halide::Var> args = sums.args();
  std::vector<Halide::VarOrRVar> nest = {args[0], args[1], args[2]};
  for (size_t d = 1; d < tile.row_dimension; ++d) nest.emplace_back(args[4 + d]);
  for (const Halide::Var& var : block_loops) nest.emplace_back(var);
  for (const Halide::RVar& chunk : across) nest.emplace_back(chunk);
  sums.update().reorder(nest);
  partial.compute_at(sums, block_loops[0]);
  unroll_tile(partial, shape, tile, within);
  RightOperand& right = algorithm.right_operands.at(product.result());
  right.packed.compute_at(sums, across[0]);
  if (right_lies_along_columns(product)) {
    const Halide::Var n = right.packed.args()[0];
    right.packed.vectorize(n, static_cast<int>(tile.lanes));
  } else {
    schedule_packing(
        right, shape.back(), product.operand(1)->type().shape.back(),
        target.lanes(static_cast<int>(ir::size_of(product.operand(1)->type().element))));
  }
}

}  // namespace kiln::codegen::cpu
