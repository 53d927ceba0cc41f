#include "runtime/data/digits.h"

#include <gtest/gtest.h>

#include <array>
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

bool equal(const Array& a, const Array& b) {
  return a.name() == b.name() &&
         std::memcmp(a.data(), b.data(), static_cast<size_t>(a.bytes())) == 0;
}

TEST(Digits, AreTheSameBytesEverywhere) {
  // A change of these numbers is a change of everybody's data: say so where it is made.
  const DigitSet train = digits(DataPart::kTrain, 0, 1000);
  EXPECT_EQ(hash_of(train.images), 0x9fc4de5629c3086b);
  EXPECT_EQ(hash_of(train.labels), 0x0a57300968024075);
}

TEST(Digits, DoNotDependOnTheThreads) {
  const DigitSet one = digits(DataPart::kTest, 3, 101, 1);
  for (const int threads : {2, 3, 16, 64}) {
    const DigitSet many = digits(DataPart::kTest, 3, 101, threads);
    EXPECT_TRUE(equal(one.images, many.images)) << threads;
    EXPECT_TRUE(equal(one.labels, many.labels)) << threads;
  }
}

TEST(Digits, FewerAreTheFirstOfMany) {
  const DigitSet many = digits(DataPart::kTrain, 5, 50);
  EXPECT_TRUE(equal(digits(DataPart::kTrain, 5, 20).images, many.images.slice_rows(0, 20)));
}

TEST(Digits, DifferBySeedAndPart) {
  const DigitSet set = digits(DataPart::kTrain, 1, 10);
  EXPECT_FALSE(equal(set.images, digits(DataPart::kTrain, 2, 10).images));
  EXPECT_FALSE(equal(set.images, digits(DataPart::kTest, 1, 10).images));
}

TEST(Digits, AreBalancedAndLookLikeInkOnPaper) {
  const DigitSet set = digits(DataPart::kTrain, 0, 5000);
  std::array<int, 10> counts = {};
  for (int64_t i = 0; i < 5000; ++i) ++counts.at(set.labels.as<uint8_t>()[i]);
  for (const int count : counts) EXPECT_NEAR(count, 500, 100);
  for (int64_t i = 0; i < 5000; ++i) {
    int dark = 0, blank = 0;
    for (int64_t pixel = 0; pixel < 784; ++pixel) {
      const uint8_t ink = set.images.as<uint8_t>()[i * 784 + pixel];
      dark += ink > 100;
      blank += ink == 0;
    }
    ASSERT_GT(dark, 8) << "image " << i;
    ASSERT_LT(dark, 330) << "image " << i;
    ASSERT_GT(blank, 300) << "image " << i;
  }
}

// The nearest class mean: a yardstick for how alike the images of a digit are, without training.
TEST(Digits, AreNeitherTrivialNorNoise) {
  const DigitSet train = digits(DataPart::kTrain, 0, 5000);
  const DigitSet test = digits(DataPart::kTest, 0, 1000);
  std::vector<double> means(10 * 784, 0.0);
  std::array<int, 10> counts = {};
  for (int64_t i = 0; i < 5000; ++i) {
    const size_t label = train.labels.as<uint8_t>()[i];
    ++counts[label];
    for (size_t p = 0; p < 784; ++p)
      means[label * 784 + p] += train.images.as<uint8_t>()[i * 784 + p];
  }
  int right = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    size_t best = 0;
    double best_distance = 1e300;
    for (size_t label = 0; label < 10; ++label) {
      double distance = 0;
      for (size_t p = 0; p < 784; ++p) {
        const double d =
            means[label * 784 + p] / counts[label] - test.images.as<uint8_t>()[i * 784 + p];
        distance += d * d;
      }
      if (distance < best_distance) best = label, best_distance = distance;
    }
    right += best == test.labels.as<uint8_t>()[i];
  }
  EXPECT_GT(right, 400);
  EXPECT_LT(right, 800);
}

TEST(Digits, NoneAreNone) { EXPECT_EQ(digits(DataPart::kTrain, 0, 0).images.rows(), 0); }

}  // namespace
}  // namespace kiln::runtime
