// What a core's registers hold: the sizes of register tiles, and how many vectors a loop has under
// way. A tile's shape is the one of the best `efficiency` (product_tile.h) within these limits.
//
// To measure these numbers again: `tests/benchmarks --models MODEL -v` prints the time of each
// kernel and of the step beside what the core can do.
#pragma once

#include <cstdint>

#include "codegen/target.h"

namespace kiln::codegen::cpu {

// ---- Register tiles of products.

/// Accumulators, in vectors, that a dot_general's tile may have: what is left of the registers when
/// the vectors of the right operand and a broadcast element of the left have theirs. 12 of 16, 24
/// of 32. Chosen, not measured.
inline int64_t accumulators(const Target& target) {
  return int64_t{target.vector_registers} * 3 / 4;
}

/// The same for a convolution, whose tiles may have one vector and many rows: 13 of 16, 26 of 32.
/// Chosen, not measured.
inline int64_t convolution_accumulators(const Target& target) {
  return int64_t{target.vector_registers} * 13 / 16;
}

/// The same of both where the epilogue is slow: small tiles, so that the next tile's products run
/// while the divider works on this one's results. Chosen, not measured.
inline int64_t accumulators_beside_division(const Target& target) {
  return target.vector_registers / 4;
}

/// Accumulators that hide the latency of a fused multiply-add: at most 5 cycles, two a cycle, on
/// cores from Haswell and Zen on (Fog, "Instruction tables"). Fewer reach in proportion less of the
/// peak.
inline constexpr double kAccumulatorsInFlight = 10;

/// What a load of a vector or a broadcast of an element costs, in fused multiply-adds: cores load
/// two vectors in the cycle in which they do two FMAs, beside them. Chosen, not measured.
inline constexpr double kLoadCost = 0.5;

/// What is left of the speed where tiles do not divide the result, beside what they cover in vain:
/// their last vectors are masked, their last rows pass through memory. Chosen, not measured.
inline constexpr double kRaggedTiles = 0.97;

/// A tile, at most: vectors along columns, and rows, whose loops are unrolled. Bounds the search
/// and the code; accumulators bound what is chosen. Not measured.
inline constexpr int64_t kMostTileVectors = 8;
inline constexpr int64_t kMostTileRows = 16;

/// Multiply-adds of one vector that take as long as one vector's division or root: some 8 cycles,
/// in each of which common cores do two (Fog, "Instruction tables").
inline constexpr int64_t kMultiplyAddsPerDivision = 16;

/// The share of the nearest cache that a dot_general's right operand may take and still be there
/// for the next row of tiles: three quarters, the rest for what streams by. Chosen, not measured.
inline int64_t resident_bytes(const Target& target) {
  return int64_t{target.nearest_cache_bytes} * 3 / 4;
}

// ---- Loops over elements.

/// Vectors of an elementwise loop's step, which its instructions work on at once. Chosen, not
/// measured.
inline constexpr int64_t kVectorsPerStep = 2;

/// Vectors of partial results of a sum along memory: they hide the latency of an addition, 3-4
/// cycles. Chosen, not measured.
inline constexpr int64_t kPartialVectors = 4;

/// Vectors of results that are summed together where sums run across rows. For the same reason.
inline constexpr int64_t kColumnVectors = 4;

/// Loops shorter than this are not worth a vector. Chosen, not measured.
inline constexpr int64_t kLeastVectorized = 4;

/// Rows to a result from which on rows shorter than a few vectors are summed along themselves;
/// fewer gain more from vectors across results. Chosen, not measured.
inline constexpr int64_t kLeastRowsToSum = 8;

/// Elements of a window whose loops are unrolled, and steps of a loop around windows. Chosen, not
/// measured.
inline constexpr int64_t kUnrolledElements = 32;

/// Parts of a concatenated row that are unrolled: each is code of its own. Twice the four gates of
/// an LSTM. Chosen, not measured.
inline constexpr int64_t kMostConcatenated = 8;

}  // namespace kiln::codegen::cpu
