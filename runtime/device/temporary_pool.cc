#include "runtime/device/temporary_pool.h"

#include <algorithm>
#include <bit>

namespace kiln::runtime {
namespace {

int64_t rounded_up(int64_t bytes) {
  constexpr int64_t kSmallest = 256;
  const auto wanted = static_cast<uint64_t>(std::max(bytes, kSmallest));
  const uint64_t step = std::bit_floor(wanted) / 8;
  return static_cast<int64_t>((wanted + step - 1) / step * step);
}

}  // namespace

Expected<std::byte*> TemporaryPool::take(int64_t bytes) {
  const int64_t size = rounded_up(bytes);
  std::vector<std::byte*>& free = free_[size];
  if (!free.empty()) {
    std::byte* const block = free.back();
    free.pop_back();
    return block;
  }
  KILN_ASSIGN(std::byte* const block, memory_.allocate(size));
  sizes_[block] = size;
  bytes_ += size;
  return block;
}

void TemporaryPool::give_back(std::byte* block) {
  if (const auto found = sizes_.find(block); found != sizes_.end())
    free_[found->second].push_back(block);
}

void TemporaryPool::release_all() {
  for (const auto& [block, size] : sizes_) memory_.release(block);
  sizes_.clear();
  free_.clear();
  bytes_ = 0;
}

}  // namespace kiln::runtime
