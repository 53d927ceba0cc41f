#include "runtime/data/reviews.h"

#include <gtest/gtest.h>

#include <cstring>

namespace kiln::runtime {
namespace {

// FNV-1a, 64 bits.
uint64_t hash_of(const Array& array) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int64_t i = 0; i < array.bytes(); ++i) {
    hash = (hash ^ array.as<uint8_t>()[i]) * 0x100000001b3;
  }
  return hash;
}

TEST(Reviews, AreTheSameWordsEverywhere) {
  // A change of these numbers is a change of everybody's data: say so where it is made.
  const ReviewSet set = reviews(DataPart::kTrain, 0, 1000);
  EXPECT_EQ(hash_of(set.words), 0x22ace5426a4cb729);
  EXPECT_EQ(hash_of(set.labels), 0xb6f4fa4d260256f3);
}

TEST(Reviews, DifferBySeedAndPartAndFewerAreTheFirstOfMany) {
  const uint64_t few = hash_of(reviews(DataPart::kTrain, 1, 10).words);
  EXPECT_EQ(few, hash_of(reviews(DataPart::kTrain, 1, 30).words.slice_rows(0, 10)));
  EXPECT_NE(few, hash_of(reviews(DataPart::kTrain, 2, 10).words));
  EXPECT_NE(few, hash_of(reviews(DataPart::kTest, 1, 10).words));
}

TEST(Reviews, BeginWithPaddingAndAStartAndAreBalanced) {
  const ReviewSet set = reviews(DataPart::kTrain, 0, 2000);
  int positive = 0;
  for (int64_t i = 0; i < 2000; ++i) {
    positive += set.labels.as<uint8_t>()[i];
    const int32_t* words = set.words.as<int32_t>() + i * 200;
    int64_t at = 0;
    while (words[at] == 0) ++at;
    ASSERT_EQ(words[at], 1) << i;
    ASSERT_LE(at, 160) << i;
    for (++at; at < 200; ++at) ASSERT_TRUE(words[at] >= 2 && words[at] < 500) << i;
  }
  EXPECT_NEAR(positive, 1000, 100);
}

// A "not" turns the opinion round: counting opinions alone knows less than reading them in order.
TEST(Reviews, SayMoreInOrderThanByTheirWords) {
  const ReviewSet set = reviews(DataPart::kTest, 0, 2000);
  int by_words = 0, in_order = 0;
  for (int64_t i = 0; i < 2000; ++i) {
    const int32_t* words = set.words.as<int32_t>() + i * 200;
    int counted = 0, read = 0;
    for (int64_t at = 1; at < 200; ++at) {
      if (words[at] < 3) continue;
      const int opinion = words[at] % 16 == 5 ? 1 : words[at] % 16 == 9 ? -1 : 0;
      counted += opinion;
      read += words[at - 1] == 7 ? -opinion : opinion;
    }
    const bool positive = set.labels.as<uint8_t>()[i] == 1;
    by_words += (counted > 0) == positive;
    in_order += (read > 0) == positive;
  }
  EXPECT_GT(in_order, 1800);
  EXPECT_LT(by_words, in_order - 100);
  EXPECT_GT(by_words, 1200);
}

}  // namespace
}  // namespace kiln::runtime
