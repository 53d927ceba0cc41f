// Which working sets calls see that run again and again.
#include "codegen/roofline/reuse.h"

#include <gtest/gtest.h>

namespace kiln::codegen {
namespace {

Touch read(int64_t begin, int64_t end, double share = 1) { return {0, begin, end, share, 0}; }
Touch write(int64_t begin, int64_t end) { return {0, begin, end, 0, 1}; }

void expect(const std::vector<Access>& found, const std::vector<Access>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].bytes, expected[i].bytes) << "access " << i;
    EXPECT_EQ(found[i].working_set, expected[i].working_set) << "access " << i;
  }
}

TEST(Reuse, WhatOneCallTouchesIsItsOwnWorkingSet) {
  expect(accesses_of({{read(0, 100), write(100, 150)}})[0], {{150, 150}});
}

TEST(Reuse, AResultIsNearForTheNextCallAndFarForTheNextRound) {
  const auto accesses =
      accesses_of({{read(0, 1000), write(1000, 1010)}, {read(1000, 1010), write(1010, 1020)}});
  // The first reads what it read a round ago, and writes what has been read since.
  expect(accesses[0], {{10, 1010}, {1000, 1020}});
  expect(accesses[1], {{10, 20}, {10, 1020}});
}

TEST(Reuse, BytesThatAreReadAndWrittenCountTwiceButTakeTheirPlaceOnce) {
  expect(accesses_of({{read(0, 64), write(0, 64)}})[0], {{128, 64}});
}

TEST(Reuse, AnOperandThatIsReadTwiceComesOnce) {
  expect(accesses_of({{read(0, 64), read(0, 64)}})[0], {{64, 64}});
}

TEST(Reuse, APartOfATensorIsAsNearAsItWasTouched) {
  // The last call touches a half of what the first one does; the first finds that half nearer.
  const auto accesses = accesses_of({{read(0, 100)}, {read(200, 300)}, {read(50, 100)}});
  expect(accesses[0], {{50, 100}, {50, 200}});
  expect(accesses[2], {{50, 150}});
}

TEST(Reuse, ATableOfWhichLittleIsReadTakesLittleRoom) {
  const auto accesses = accesses_of({{read(0, 1000, 0.1)}, {read(2000, 2050)}});
  expect(accesses[0], {{100, 150}});
  expect(accesses[1], {{50, 150}});
}

TEST(Reuse, BlocksDoNotOverlap) {
  const auto accesses = accesses_of({{Touch{0, 0, 10, 1, 0}}, {Touch{1, 0, 10, 1, 0}}});
  expect(accesses[0], {{10, 20}});
  expect(accesses[1], {{10, 20}});
}

}  // namespace
}  // namespace kiln::codegen
