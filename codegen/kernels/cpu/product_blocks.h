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
  size_t whole = 0;  ///< how many of the reduced loops, innermost first, lie within a chunk; all:
                     ///< there is one chunk, and no need to add up sums in memory
  int64_t part = 1;  ///< of the next one: its elements in a chunk
};

/// The chunks for a product of so many rows; none where all that a tile reads of the right operand
/// is small, or lies close together, or where too few rows read it again.
std::optional<SumChunks> choose_chunks(const ir::Op& product, const ProductTile& tile,
                                       int64_t rows);

/// Rows of a block of the result, about: its sums, as wide as a tile, stay in the second cache
/// beside the right operand's part. Chosen, not measured.
inline constexpr int64_t kBlockRows = 256;

/// Rows of a convolution's block that read inputs of their own, where the block's other positions
/// share theirs: few, so that these inputs stay in the second cache as well. 32 and 128 are as fast
/// for 512 features on 28 x 28.
inline constexpr int64_t kSharedBlockRows = 64;

/// A block of tiles in the loops of a product's consumer.
struct Block {
  Halide::Func consumer;
  Halide::Var tile_loop;                ///< the innermost one around a tile
  Halide::Var loop;                     ///< the one in which the whole block lies
  std::vector<Halide::Var> sums_loops;  ///< the sums' parameters that run within a block, innermost
                                        ///< first: tiles along rows, then others
};

/// Computes a block's sums chunk by chunk, each of which packs its part of the right operand.
void sum_blocks(Algorithm& algorithm, const ir::Op& product, const SumChunks& chunks,
                const Block& block, const Target& target);

}  // namespace kiln::codegen::cpu
