#include "runtime/training/batches.h"

#include <algorithm>
#include <numeric>

#include "gtest/gtest.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kDims[] = {4, 3};
constexpr kiln_tensor kInput = {"x", KILN_F32, 2, kDims};

// Row r holds 10r, 10r + 1, 10r + 2.
Array rows_of(int64_t rows) {
  Array array = allocate(KILN_F32, {rows, 3});
  for (int64_t i = 0; i < rows * 3; ++i) {
    array.as<float>()[i] = static_cast<float>(i / 3 * 10 + i % 3);
  }
  return array;
}

std::vector<float> gathered(const BatchInput& input, const uint32_t* order, int64_t first,
                            int64_t count) {
  ThreadPool pool(2);
  const Array batch = allocate(KILN_F32, {4, 3});
  input.gather(batch.data(), pool, order, first, count);
  return {batch.as<float>(), batch.as<float>() + 12};
}

TEST(BatchInput, TakesRowsInTheOrderGiven) {
  const BatchInput input(rows_of(6), kInput);
  const uint32_t order[] = {5, 0, 3, 1, 2, 4};
  EXPECT_EQ(gathered(input, order, 0, 4),
            (std::vector<float>{50, 51, 52, 0, 1, 2, 30, 31, 32, 10, 11, 12}));
}

TEST(BatchInput, PadsAShortBatchWithItsLastRow) {
  const BatchInput input(rows_of(6), kInput);
  const std::vector<float> expected = {40, 41, 42, 50, 51, 52, 50, 51, 52, 50, 51, 52};
  EXPECT_EQ(gathered(input, nullptr, 4, 2), expected);
}

TEST(BatchInput, FullBatchesWithoutAnOrder) {
  const BatchInput input(rows_of(9), kInput);
  for (int64_t first : {0, 1, 4, 5}) {
    const std::vector<float> batch = gathered(input, nullptr, first, 4);
    EXPECT_EQ(batch[0], static_cast<float>(10 * first));
    EXPECT_EQ(batch[11], static_cast<float>(10 * first + 32));
  }
}

TEST(BatchInput, ConvertsPixelsAndDoublesOnTheWay) {
  Array bytes = allocate(KILN_U8, {4, 3});
  const Array doubles = allocate(KILN_F64, {4, 3});
  for (int i = 0; i < 12; ++i) {
    bytes.as<uint8_t>()[i] = static_cast<uint8_t>(255 - i);
    doubles.as<double>()[i] = i / 10.0;
  }
  const BatchInput plain(bytes, kInput), numbers(doubles, kInput);
  bytes.scale = 1.0 / 255;
  const BatchInput pixels(bytes, kInput);
  const uint32_t reversed[] = {3, 2, 1, 0};
  const std::vector<float> unscaled = gathered(plain, nullptr, 0, 4);
  const std::vector<float> whole = gathered(pixels, nullptr, 0, 4);
  const std::vector<float> shuffled = gathered(numbers, reversed, 0, 4);
  const std::vector<float> padded = gathered(pixels, reversed, 3, 1);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(unscaled[i], static_cast<float>(255 - i)) << i;
    EXPECT_EQ(whole[i], static_cast<float>(255 - i) / 255.0f) << i;
    EXPECT_EQ(shuffled[i], static_cast<float>((9 - i / 3 * 3 + i % 3) / 10.0)) << i;
    EXPECT_EQ(padded[i], static_cast<float>(255 - i % 3) / 255.0f) << i;
  }
}

TEST(BatchInput, LargeBatchesAreCopiedByAllThreads) {
  constexpr int64_t dims[] = {33, 1000};
  const kiln_tensor wide = {"x", KILN_F32, 2, dims};
  Array source = allocate(KILN_F32, {50, 1000});
  std::iota(source.as<float>(), source.as<float>() + 50'000, 0.f);
  const BatchInput input(source, wide);
  const Array gathered = allocate(KILN_F32, {33, 1000});
  ThreadPool pool(2);
  const std::vector<uint32_t> order = shuffled_order(50, 1, 0);
  input.gather(gathered.data(), pool, order.data(), 10, 33);
  const float* batch = gathered.as<float>();
  for (int64_t row = 0; row < 33; ++row) {
    ASSERT_EQ(batch[row * 1000], static_cast<float>(order[10 + row] * 1000)) << row;
    ASSERT_EQ(batch[row * 1000 + 999], static_cast<float>(order[10 + row] * 1000 + 999)) << row;
  }
}

TEST(ShuffledOrder, IsAPermutationOfItsOwnForEachSeedAndEpoch) {
  const std::vector<uint32_t> order = shuffled_order(1000, 7, 2);
  std::vector<uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (uint32_t i = 0; i < 1000; ++i) ASSERT_EQ(sorted[i], i);
  EXPECT_EQ(order, shuffled_order(1000, 7, 2));
  EXPECT_NE(order, shuffled_order(1000, 7, 3));
  EXPECT_NE(order, shuffled_order(1000, 8, 2));
  EXPECT_NE(shuffled_order(1000, 7, 3), shuffled_order(1000, 8, 2));
  EXPECT_TRUE(shuffled_order(0, 1, 1).empty());
}

TEST(ShuffledOrder, PutsEveryExampleEverywhere) {
  // Where example 0 of 8 goes, over 8000 epochs: about 1000 times to each place.
  int counts[8] = {};
  for (int epoch = 0; epoch < 8000; ++epoch) {
    const std::vector<uint32_t> order = shuffled_order(8, 5, epoch);
    ++counts[std::find(order.begin(), order.end(), 0u) - order.begin()];
  }
  for (int count : counts) EXPECT_NEAR(count, 1000, 150);
}

TEST(CheckRows, ComparesShapesButForAxesOfOne) {
  EXPECT_TRUE(check_rows(allocate(KILN_F32, {7, 3}), kInput, true, "x"));
  EXPECT_TRUE(check_rows(allocate(KILN_F32, {7, 3, 1}), kInput, true, "x"));
  const Status shape = check_rows(allocate(KILN_F32, {7, 5}), kInput, true, "x");
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().to_string(), "error: x: has rows of shape 5, the model takes 3");
  const Status type = check_rows(allocate(KILN_I32, {7, 3}), kInput, true, "validation x");
  ASSERT_FALSE(type);
  EXPECT_EQ(type.error().message, "holds i32, the model takes f32");
  EXPECT_TRUE(check_rows(allocate(KILN_U8, {7, 3}), kInput, true, "x")) << "batches convert it";
  EXPECT_FALSE(check_rows(allocate(KILN_U8, {7, 3}), kInput, false, "y")) << "no pixels";
}

}  // namespace
}  // namespace kiln::runtime
