// Free places in an arena, against a reference that looks at everything placed.
#include "passes/memory/occupied_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace kiln::passes {
namespace {

struct Placed {
  size_t first, last;
  int64_t offset, bytes;
};

int64_t lowest_free(const std::vector<Placed>& placed, size_t first, size_t last, int64_t bytes) {
  std::vector<std::pair<int64_t, int64_t>> taken;
  for (const Placed& each : placed) {
    if (each.first <= last && first <= each.last)
      taken.emplace_back(each.offset, each.offset + each.bytes);
  }
  std::sort(taken.begin(), taken.end());
  int64_t offset = 0;
  for (const auto& [begin, end] : taken) {
    if (offset + bytes <= begin) break;
    offset = std::max(offset, end);
  }
  return offset;
}

TEST(OccupiedMemory, APlaceIsFreeAgainAfterwards) {
  OccupiedMemory memory(10);
  memory.take(2, 5, 0, 64);
  EXPECT_EQ(memory.lowest_free(5, 7, 64), 64);
  EXPECT_EQ(memory.lowest_free(6, 9, 64), 0);
  EXPECT_EQ(memory.lowest_free(0, 1, 64), 0);
  EXPECT_EQ(memory.lowest_free(0, 9, 0), 0);
}

TEST(OccupiedMemory, TheLowestGapThatIsLargeEnough) {
  OccupiedMemory memory(4);
  memory.take(0, 3, 0, 64);
  memory.take(0, 1, 128, 64);
  memory.take(2, 3, 192, 64);
  EXPECT_EQ(memory.lowest_free(0, 3, 64), 64);
  EXPECT_EQ(memory.lowest_free(0, 3, 128), 256);
  EXPECT_EQ(memory.lowest_free(2, 2, 128), 64);
}

class RandomLives : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomLives, ArePlacedWhereTheReferencePlacesThem) {
  std::mt19937_64 random(GetParam());
  const size_t times = 1 + random() % 70;
  OccupiedMemory memory(times);
  std::vector<Placed> placed;
  for (int i = 0; i < 200; ++i) {
    const size_t first = random() % times;
    const size_t last = first + random() % (times - first);
    const auto bytes = static_cast<int64_t>(64 * (random() % 6));
    const int64_t expected = lowest_free(placed, first, last, bytes);
    ASSERT_EQ(memory.lowest_free(first, last, bytes), expected)
        << "seed " << GetParam() << ", number " << i;
    memory.take(first, last, expected, bytes);
    if (bytes > 0) placed.push_back({first, last, expected, bytes});
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLives, ::testing::Range(uint64_t{1}, uint64_t{51}));

}  // namespace
}  // namespace kiln::passes
