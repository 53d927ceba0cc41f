#include "runtime/base/array.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace kiln::runtime {
namespace {

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();

Array floats(std::vector<float> values) {
  return copy_of(KILN_F32, {static_cast<int64_t>(values.size())}, values.data());
}

TEST(Array, NamesShapesAsTheIrDoes) {
  EXPECT_EQ(tensor_name(KILN_U8, std::vector<int64_t>{3, 28}), "3x28xu8");
  EXPECT_EQ(tensor_name(KILN_BF16, {}), "bf16");
  EXPECT_EQ(shape_name({}), "scalar");
}

TEST(Array, CountsRefuseNegativeAndOverflowingShapes) {
  using Dims = std::vector<int64_t>;
  EXPECT_EQ(checked_element_count(Dims{2, 3}), 6);
  EXPECT_EQ(checked_element_count(Dims{}), 1);
  EXPECT_EQ(checked_byte_count(KILN_F64, Dims{0, 3}), 0);
  EXPECT_EQ(checked_element_count(Dims{-1}), std::nullopt);
  EXPECT_EQ(checked_element_count(Dims{kHuge, 2}), std::nullopt);
  EXPECT_EQ(checked_byte_count(KILN_F64, Dims{kHuge / 2}), std::nullopt);
  // Empty, but a row of it could not be counted.
  EXPECT_EQ(checked_element_count(Dims{0, kHuge, kHuge}), std::nullopt);
}

TEST(Array, IsAlignedAndZero) {
  const Array array = allocate(KILN_I16, {3, 5});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data()) % KILN_ALIGNMENT, 0u);
  for (int i = 0; i < 15; ++i) EXPECT_EQ(array.as<int16_t>()[i], 0);
  EXPECT_EQ(array.bytes(), 30);
  EXPECT_EQ(array.row_bytes(), 10);
}

TEST(Array, TooLargeIsADiagnostic) {
  EXPECT_FALSE(try_allocate("x", KILN_F32, {kHuge / 8}));
  EXPECT_FALSE(try_allocate("x", KILN_F32, {kHuge, kHuge}));
}

TEST(Array, SlicesAndReshapesShareBytes) {
  const Array array = allocate(KILN_I32, {4, 2, 3});
  const Array slice = array.slice_rows(1, 3);
  EXPECT_EQ(slice.dims, (std::vector<int64_t>{2, 2, 3}));
  slice.as<int32_t>()[0] = 7;
  EXPECT_EQ(array.as<int32_t>()[6], 7);
  EXPECT_EQ(array.reshape({24}).as<int32_t>()[6], 7);
  EXPECT_EQ(array.slice_rows(4, 4).element_count(), 0);
}

TEST(Array, OutlivesTheArrayItIsAViewOf) {
  Array slice;
  {
    const Array array = floats({1, 2, 3});
    slice = array.slice_rows(2, 3);
  }
  EXPECT_EQ(slice.as<float>()[0], 3);
}

TEST(ArrayDeathTest, RowsOutOfRangeEndTheProgram) {
  EXPECT_DEATH(floats({1, 2}).slice_rows(1, 3), "rows 1..3 of 2xf32");
  EXPECT_DEATH(floats({1, 2}).reshape({3}), "2xf32 as 3");
}

TEST(Convert, FloatsToIntegersClampAndDropFractions) {
  const float nan = std::nanf("");
  const Array to = convert(floats({-1.9f, 1.9f, 1e20f, -1e20f, nan, INFINITY}), KILN_I32);
  const int32_t expected[] = {-1, 1, INT32_MAX, INT32_MIN, 0, INT32_MAX};
  EXPECT_EQ(std::memcmp(to.data(), expected, sizeof expected), 0);
  const Array bytes = convert(floats({-5, 300, 200.5f}), KILN_U8);
  EXPECT_EQ(bytes.as<uint8_t>()[0], 0);
  EXPECT_EQ(bytes.as<uint8_t>()[1], 255);
  EXPECT_EQ(bytes.as<uint8_t>()[2], 200);
}

TEST(Convert, IntegersStayExactAndClamp) {
  const int64_t values[] = {(int64_t{1} << 53) + 1, -3, kHuge};
  const Array longs = copy_of(KILN_I64, {3}, values);
  EXPECT_EQ(convert(longs, KILN_I32).as<int32_t>()[1], -3);
  EXPECT_EQ(convert(longs, KILN_I32).as<int32_t>()[2], INT32_MAX);
  EXPECT_EQ(convert(convert(longs, KILN_I8), KILN_I64).as<int64_t>()[0], 127);
  EXPECT_EQ(convert(longs, KILN_I1).as<uint8_t>()[1], 1);
}

TEST(Convert, EveryHalfComesBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = half_to_float(static_cast<uint16_t>(bits));
    if (std::isnan(value)) continue;
    ASSERT_EQ(float_to_half(value), bits) << value;
  }
}

TEST(Convert, HalvesRoundToNearestEven) {
  EXPECT_EQ(half_to_float(float_to_half(2049.0f)), 2048.0f);
  EXPECT_EQ(half_to_float(float_to_half(2051.0f)), 2052.0f);
  EXPECT_TRUE(std::isinf(half_to_float(float_to_half(65520.0f))));
  EXPECT_EQ(half_to_float(float_to_half(65519.0f)), 65504.0f);
  EXPECT_EQ(float_to_half(0x1p-25f), 0);
  EXPECT_EQ(float_to_half(0x1.8p-25f), 1);
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(NAN))));
}

TEST(Convert, Bfloat16RoundsOnceFromDouble) {
  // Just above a tie: rounding to float first would lose the trace of it and go down.
  const double value = 1.0 + 0x1p-8 + 0x1p-40;
  const Array to = convert(copy_of(KILN_F64, {1}, &value), KILN_BF16);
  EXPECT_EQ(bfloat_to_float(to.as<uint16_t>()[0]), 1.0078125f);
  EXPECT_EQ(bfloat_to_float(float_to_bfloat(1.0f + 0x1p-8f)), 1.0f);
  EXPECT_TRUE(std::isnan(bfloat_to_float(float_to_bfloat(NAN))));
}

}  // namespace
}  // namespace kiln::runtime
