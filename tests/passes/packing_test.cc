#include "passes/memory/packing.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace kiln::passes {
namespace {

TEST(Packing, BlocksThatAreNotLiveAtOnceShareBytes) {
  std::vector<Block> blocks = {{64, 0, 1}, {64, 1, 2}, {64, 2, 3}};
  const ArenaSize size = pack(blocks);
  EXPECT_EQ(blocks[0].offset, 0);
  EXPECT_EQ(blocks[1].offset, 64);
  EXPECT_EQ(blocks[2].offset, 0);
  EXPECT_EQ(size.bytes, 128);
  EXPECT_EQ(size.lower_bound, 128);
}

TEST(Packing, LargestFirstThenTheLowestGap) {
  std::vector<Block> blocks = {{64, 0, 4}, {256, 0, 1}, {128, 0, 4}, {192, 3, 4}};
  const ArenaSize size = pack(blocks);
  EXPECT_EQ(blocks[1].offset, 0);    // the largest
  EXPECT_EQ(blocks[3].offset, 0);    // is not live with it
  EXPECT_EQ(blocks[2].offset, 256);  // above the largest
  EXPECT_EQ(blocks[0].offset, 384);  // above both
  EXPECT_EQ(size.bytes, 448);
  EXPECT_EQ(size.lower_bound, 448);
}

TEST(Packing, NothingNeedsNothing) {
  const ArenaSize size = pack({});
  EXPECT_EQ(size.bytes, 0);
  EXPECT_EQ(size.lower_bound, 0);
}

/// Two blocks must not have a byte in common while both are live.
bool collide(const Block& a, const Block& b) {
  const bool at_once = a.first <= b.last && b.first <= a.last;
  return at_once && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

TEST(Packing, RandomBlocks) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<Block> blocks(random() % 40);
    for (Block& block : blocks) {
      block.bytes = static_cast<int64_t>(64 * (random() % 8));
      block.first = random() % 30;
      block.last = block.first + random() % 10;
    }
    const ArenaSize size = pack(blocks);
    EXPECT_LE(size.lower_bound, size.bytes) << "seed " << seed;
    for (size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_LE(blocks[i].offset + blocks[i].bytes, size.bytes) << "seed " << seed;
      for (size_t j = 0; j < i; ++j)
        EXPECT_FALSE(collide(blocks[i], blocks[j])) << "seed " << seed << ": " << i << ", " << j;
    }
  }
}

}  // namespace
}  // namespace kiln::passes
