// Memory for tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace kiln::runtime {

/// Memory aligned to KILN_ALIGNMENT, freed with its owner.
struct AlignedFree {
  void operator()(std::byte* bytes) const;
};
using Block = std::unique_ptr<std::byte[], AlignedFree>;

/// Zeroed memory of at least one byte, aligned to KILN_ALIGNMENT; null when there is none. Large
/// blocks are put on huge pages where the system has them: rows that are gathered in random order,
/// and weights that are streamed every step, then miss the TLB less.
Block allocate_block(int64_t bytes);

}  // namespace kiln::runtime
