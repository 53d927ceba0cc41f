#include "passes/memory/packing.h"

#include <algorithm>
#include <vector>

namespace kiln::passes {
namespace {

/// `placed` are in the order of their offsets.
int64_t lowest_offset(const Block& block, const std::vector<const Block*>& placed) {
  int64_t offset = 0;
  for (const Block* other : placed) {
    if (other->first > block.last || block.first > other->last) continue;
    if (offset + block.bytes <= other->offset) break;
    offset = std::max(offset, other->offset + other->bytes);
  }
  return offset;
}

/// The largest sum of bytes that are live at one op.
int64_t peak(std::span<const Block> blocks) {
  size_t ops = 0;
  for (const Block& block : blocks) ops = std::max(ops, block.last + 1);
  std::vector<int64_t> growth(ops + 1, 0);
  for (const Block& block : blocks) {
    growth[block.first] += block.bytes;
    growth[block.last + 1] -= block.bytes;
  }
  int64_t live = 0, most = 0;
  for (const int64_t bytes : growth) most = std::max(most, live += bytes);
  return most;
}

}  // namespace

ArenaSize pack(std::span<Block> blocks) {
  std::vector<Block*> by_size;
  for (Block& block : blocks) by_size.push_back(&block);
  std::stable_sort(by_size.begin(), by_size.end(), [](const Block* a, const Block* b) {
    return std::pair(-a->bytes, a->first) < std::pair(-b->bytes, b->first);
  });
  ArenaSize size{0, peak(blocks)};
  std::vector<const Block*> placed;
  for (Block* block : by_size) {
    block->offset = lowest_offset(*block, placed);
    const auto after =
        std::upper_bound(placed.begin(), placed.end(), block->offset,
                         [](int64_t offset, const Block* other) { return offset < other->offset; });
    placed.insert(after, block);
    size.bytes = std::max(size.bytes, block->offset + block->bytes);
  }
  return size;
}

}  // namespace kiln::passes
