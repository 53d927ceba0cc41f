// Offsets for blocks that are live at different times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kiln::passes {

/// Bytes that are needed from op `first` to op `last` of a region, both included.
struct Block {
  int64_t bytes = 0;
  size_t first = 0;
  size_t last = 0;
  int64_t offset = 0;  ///< what pack() finds
};

/// What a region needs of the arena.
struct ArenaSize {
  int64_t bytes = 0;
  int64_t lower_bound = 0;  ///< the largest sum of blocks that are live at once
};

/// Gives the blocks offsets such that two overlap only if they are not live at once: greedy by size,
/// largest first (the earlier one where two are as large), each at the lowest offset at which it
/// meets nothing that is live with it. This is dynamic storage allocation, which is NP-hard; the
/// order is that of "Greedy by Size for Offset Calculation" in Pisarchyk and Lee, "Efficient Memory
/// Management for Deep Neural Net Inference" (2020), which puts a block into the smallest gap
/// instead of the lowest.
ArenaSize pack(std::span<Block> blocks);

}  // namespace kiln::passes
