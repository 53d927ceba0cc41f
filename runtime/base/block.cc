#include "runtime/base/block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kHugePage = 2 << 20;

}  // namespace

void AlignedFree::operator()(std::byte* bytes) const { std::free(bytes); }

Block allocate_block(int64_t bytes) {
  const int64_t alignment = bytes >= 2 * kHugePage ? kHugePage : KILN_ALIGNMENT;
  const auto rounded = static_cast<size_t>(std::max(round_up(bytes, alignment), alignment));
  void* start = std::aligned_alloc(static_cast<size_t>(alignment), rounded);
  Block block(static_cast<std::byte*>(start));
  if (!block) return block;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (alignment == kHugePage) madvise(block.get(), rounded, MADV_HUGEPAGE);
#endif
  std::memset(block.get(), 0, rounded);
  return block;
}

}  // namespace kiln::runtime
