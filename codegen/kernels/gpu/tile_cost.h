// What a GPU's thread keeps in registers and has under way: tiles of products, split-K, loads.
//
// To measure these numbers again, on a GPU: `tests/benchmarks:device_product DEVICE N...` (GFLOP/s
// of products of matrices) and `device_step DEVICE MODEL BATCH`; what a tile takes of registers is
// in the table that `tests/codegen:ptx_test` prints. No figure of them alone is on record: they
// were chosen, where nothing else is said.
#pragma once

#include <cstdint>

namespace kiln::codegen::gpu {

// ---- A thread's tile of a product.

/// Rows and columns, at most: 32 sums, and with the operands' elements no more registers than leave
/// a multiprocessor two blocks. That nothing spills, ptx_test checks.
inline constexpr int64_t kMostRows = 8;
inline constexpr int64_t kMostColumns = 4;

/// Steps of the innermost sum that run as one, at most, where their number has no divisor that is a
/// wide load.
inline constexpr int64_t kMostSteps = 8;

/// Neighbouring threads of a block along columns: they read neighbours in the right operand's
/// memory, half a warp's worth.
inline constexpr int64_t kThreadsAlongColumns = 16;

// ---- Split-K: partial sums by threads of their own, where a product has too few tiles.

/// Steps of a sum that are worth a thread of their own, and the fewest parts that are worth a
/// launch that adds them.
inline constexpr int64_t kLeastDepth = 32;
inline constexpr int64_t kFewestParts = 3;

/// Memory for a product's partial sums, in bytes, at most.
inline constexpr int64_t kMostPartialBytes = 64 << 20;

// ---- Loads that are under way at once: their latency is some hundred cycles.

/// Elements of a sum, parts of a split sum, parts of split-K, and updates of a scatter.
inline constexpr int kElementsAtOnce = 4;
inline constexpr int kPartsAtOnce = 8;
inline constexpr int kSplitKPartsAtOnce = 8;
inline constexpr int kUpdatesAtOnce = 8;

}  // namespace kiln::codegen::gpu
