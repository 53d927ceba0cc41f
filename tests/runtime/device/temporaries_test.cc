#include "runtime/device/temporaries.h"

#include <vector>

#include "gtest/gtest.h"

namespace kiln::runtime {
namespace {

TEST(Temporaries, PiecesLieOneBehindTheOther) {
  std::vector<std::byte> block(256);
  Temporaries temporaries;
  temporaries.use(block.data(), 256);
  EXPECT_EQ(temporaries.take(1), block.data());
  EXPECT_EQ(temporaries.take(65), block.data() + 64);
  EXPECT_EQ(temporaries.take(64), block.data() + 192);
  EXPECT_EQ(temporaries.take(1), nullptr) << "the block is full";
}

TEST(Temporaries, WhenAllIsBackTheBlockBeginsAgain) {
  std::vector<std::byte> block(128);
  Temporaries temporaries;
  temporaries.use(block.data(), 128);
  ASSERT_EQ(temporaries.take(64), block.data());
  ASSERT_EQ(temporaries.take(64), block.data() + 64);
  temporaries.give_back();
  EXPECT_EQ(temporaries.take(64), nullptr) << "which piece came back is not known";
  temporaries.give_back();
  EXPECT_EQ(temporaries.take(128), block.data());
}

TEST(Temporaries, WithoutABlockThereAreNone) {
  Temporaries temporaries;
  EXPECT_EQ(temporaries.take(1), nullptr);
}

TEST(Temporaries, PiecesAreAligned) {
  EXPECT_EQ(Temporaries::piece_bytes(1), KILN_ALIGNMENT);
  EXPECT_EQ(Temporaries::piece_bytes(KILN_ALIGNMENT), KILN_ALIGNMENT);
  EXPECT_EQ(Temporaries::piece_bytes(KILN_ALIGNMENT + 1), 2 * KILN_ALIGNMENT);
}

}  // namespace
}  // namespace kiln::runtime
