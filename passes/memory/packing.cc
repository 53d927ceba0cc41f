#include "passes/memory/packing.h"

#include <algorithm>
#include <vector>

#include "passes/memory/occupied_memory.h"

namespace kiln::passes {
namespace {

/// How many ops there are from the first of the region to the last that a block is live at.
size_t op_count(std::span<const Block> blocks) {
  size_t ops = 0;
  for (const Block& block : blocks) ops = std::max(ops, block.last + 1);
  return ops;
}

/// The largest sum of bytes that are live at one op.
int64_t peak(std::span<const Block> blocks) {
  std::vector<int64_t> growth(op_count(blocks) + 1, 0);
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
  OccupiedMemory occupied(op_count(blocks));
  for (Block* block : by_size) {
    block->offset = occupied.lowest_free(block->first, block->last, block->bytes);
    occupied.take(block->first, block->last, block->offset, block->bytes);
    size.bytes = std::max(size.bytes, block->offset + block->bytes);
  }
  return size;
}

}  // namespace kiln::passes
