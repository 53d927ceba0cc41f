// Products that are larger than the caches: blocks of the result, and of what they sum.
#pragma once

#include <optional>
#include <vector>

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/target.h"

namespace kiln::codegen::cpu {

/// How a product's sums are cut: into chunks whose part of the right operand, as wide as a tile,
/// stays in a core's second cache while a block of the result goes through it.
struct SumChunks {
  size_t whole = 0;  ///< how many of the reduced loops, innermost first, lie within a chunk
  int64_t part = 1;  ///< of the next one: its elements in a chunk
};

/// The chunks for a product of so many rows; none where all that a tile reads of the right operand
/// is small, or where too few rows read it again.
std::optional<SumChunks> choose_chunks(const ir::Op& product, const ProductTile& tile,
                                       int64_t rows);

/// Rows of a block of the result, about: its sums, as wide as a tile, stay in the second cache
/// beside the right operand's part. Chosen, not measured.
inline constexpr int64_t kBlockRows = 256;

/// Computes a block's sums within `loop` of the consumer, in which all of the block's tiles lie
/// whose sums have `block_loops` (parameters of the sums, innermost first) for loops: chunk by
/// chunk, each of which packs its part of the right operand.
void sum_blocks(Algorithm& algorithm, const ir::Op& product, const SumChunks& chunks,
                const Halide::LoopLevel& loop, const std::vector<Halide::Var>& block_loops,
                const Target& target);

}  // namespace kiln::codegen::cpu
