// Types and literals: sizes, rounding, wrapping, sharing.
#include "ir/literal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kiln::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Type, TextCountAndBytes) {
  const Type type{ElementType::f32, {32, 784}};
  EXPECT_EQ(type.to_string(), "tensor<32x784xf32>");
  EXPECT_EQ(type.count(), 32 * 784);
  EXPECT_EQ(type.bytes(), 4 * 32 * 784);
  const Type scalar{ElementType::i1, {}};
  EXPECT_EQ(scalar.to_string(), "tensor<i1>");
  EXPECT_EQ(scalar.count(), 1);
  EXPECT_EQ((Type{ElementType::f64, {3, 0}}.bytes()), 0);
}

TEST(Type, EveryElementTypeHasAName) {
  for (int i = 0; i <= static_cast<int>(ElementType::i1); ++i) {
    const auto element = static_cast<ElementType>(i);
    EXPECT_EQ(element_type_from_name(name_of(element)), element);
  }
  EXPECT_EQ(element_type_from_name("f31"), std::nullopt);
}

TEST(Type, ProblemsAreFoundWithoutOverflow) {
  EXPECT_EQ(problem_of({ElementType::f32, {2, 3}}), std::nullopt);
  EXPECT_EQ(problem_of({ElementType::f32, {0, 5}}), std::nullopt);
  EXPECT_NE(problem_of({ElementType::f32, {-1}}), std::nullopt);
  EXPECT_NE(problem_of({ElementType::f32, {INT64_MAX, INT64_MAX}}), std::nullopt);
  EXPECT_NE(problem_of({ElementType::f32, {0, INT64_MAX}}), std::nullopt);
  EXPECT_NE(problem_of({ElementType::f32, Shape(33, 1)}), std::nullopt);
}

TEST(Literal, SplatBecomesDenseWhenWritten) {
  Literal literal = Literal::splat({ElementType::f32, {3}}, 0.5);
  EXPECT_TRUE(literal.is_splat());
  EXPECT_EQ(literal.bytes().size(), 4u);
  const Literal before = literal;
  literal.set(1, 2.0);
  EXPECT_EQ(literal.values(), (std::vector<double>{0.5, 2.0, 0.5}));
  EXPECT_EQ(before.values(), (std::vector<double>{0.5, 0.5, 0.5}));
}

TEST(Literal, CopiesShareUntilWritten) {
  const Literal a = Literal::from_values({ElementType::i32, {2}}, {1, 2});
  Literal b = a;
  EXPECT_EQ(&a.bytes(), &b.bytes());
  b.set_int(0, 7);
  EXPECT_EQ(a.get_int(0), 1);
  EXPECT_EQ(b.get_int(0), 7);
}

TEST(Literal, EqualityIsOfContents) {
  EXPECT_EQ(Literal::splat({ElementType::f32, {2}}, 1),
            Literal::from_values({ElementType::f32, {2}}, {1, 1}));
  EXPECT_FALSE(Literal::splat({ElementType::f32, {2}}, 1) ==
               Literal::splat({ElementType::f64, {2}}, 1));
  EXPECT_FALSE(Literal::splat({ElementType::f32, {}}, 0.0) ==
               Literal::splat({ElementType::f32, {}}, -0.0));
}

TEST(Literal, IntegersWrap) {
  Literal bytes({ElementType::i8, {1}});
  bytes.set_int(0, 200);
  EXPECT_EQ(bytes.get_int(0), -56);
  Literal unsigned_bytes({ElementType::u8, {1}});
  unsigned_bytes.set_int(0, -1);
  EXPECT_EQ(unsigned_bytes.get_int(0), 255);
  Literal wide({ElementType::i64, {1}});
  wide.set_int(0, INT64_MIN);
  EXPECT_EQ(wide.get_int(0), INT64_MIN);
}

TEST(Literal, FloatsTruncateToTheNearestInteger) {
  auto converted = [](ElementType element, double value) {
    return Literal::splat({element, {}}, value).get_int(0);
  };
  EXPECT_EQ(converted(ElementType::i32, -1.9), -1);
  EXPECT_EQ(converted(ElementType::i8, 300.0), 127);
  EXPECT_EQ(converted(ElementType::i8, -300.0), -128);
  EXPECT_EQ(converted(ElementType::u8, -3.0), 0);
  EXPECT_EQ(converted(ElementType::u8, kInfinity), 255);
  EXPECT_EQ(converted(ElementType::i32, kNaN), 0);
  EXPECT_EQ(converted(ElementType::i64, 1e30), INT64_MAX);
  EXPECT_EQ(converted(ElementType::i64, -kInfinity), INT64_MIN);
  EXPECT_EQ(converted(ElementType::i1, 0.25), 1);
  EXPECT_EQ(converted(ElementType::i1, -0.0), 0);
}

TEST(Literal, HalfRoundsToNearestEven) {
  EXPECT_EQ(from_f16(to_f16(1.0 + 0x1p-11)), 1.0);               // a tie, to even
  EXPECT_EQ(from_f16(to_f16(1.0 + 3 * 0x1p-11)), 1.0 + 0x1p-9);  // a tie, to even
  EXPECT_EQ(from_f16(to_f16(1.0 + 0x1p-11 + 0x1p-40)), 1.0 + 0x1p-10);
  EXPECT_EQ(from_f16(to_f16(65519.0)), 65504.0);
  EXPECT_EQ(from_f16(to_f16(65520.0)), kInfinity);
  EXPECT_EQ(from_f16(to_f16(-kInfinity)), -kInfinity);
  EXPECT_EQ(from_f16(to_f16(0x1p-24)), 0x1p-24);  // the least
  EXPECT_EQ(from_f16(to_f16(0x1p-25)), 0.0);      // half of it, to even
  EXPECT_EQ(from_f16(to_f16(0x1.8p-24)), 0x1p-23);
  EXPECT_TRUE(std::isnan(from_f16(to_f16(kNaN))));
  EXPECT_TRUE(std::signbit(from_f16(to_f16(-0.0))));
}

TEST(Literal, EveryHalfSurvivesDouble) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const double value = from_f16(static_cast<uint16_t>(bits));
    if (!std::isnan(value)) {
      ASSERT_EQ(to_f16(value), bits);
    }
    const double brain = from_bf16(static_cast<uint16_t>(bits));
    if (!std::isnan(brain)) {
      ASSERT_EQ(to_bf16(brain), bits);
    }
  }
}

TEST(Literal, BrainFloatRoundsOnce) {
  EXPECT_EQ(from_bf16(to_bf16(1.0 + 0x1p-8)), 1.0);  // a tie, to even
  EXPECT_EQ(from_bf16(to_bf16(1.0 + 3 * 0x1p-8)), 1.0 + 0x1p-6);
  // Just above the tie: a float in between would lose it and round down.
  EXPECT_EQ(from_bf16(to_bf16(1.0 + 0x1p-8 + 0x1p-40)), 1.0 + 0x1p-7);
  EXPECT_EQ(from_bf16(to_bf16(3.4e38)), kInfinity);
  EXPECT_EQ(from_bf16(to_bf16(0x1p-133)), 0x1p-133);
  EXPECT_EQ(from_bf16(to_bf16(0x1p-134)), 0.0);
  EXPECT_TRUE(std::isnan(from_bf16(to_bf16(kNaN))));
}

TEST(Literal, IntegersReachFloatsWithOneRounding) {
  Literal literal({ElementType::f32, {1}});
  // 2^60 + 2^36 is a tie between two floats; one more is above it, which double cannot hold.
  literal.set_int(0, (int64_t{1} << 60) + (int64_t{1} << 36) + 1);
  EXPECT_EQ(literal.get(0), 0x1p60 + 0x1p37);
}

TEST(Literal, ReshapedKeepsTheElements) {
  const Literal literal = Literal::from_values({ElementType::f32, {2, 2}}, {1, 2, 3, 4});
  EXPECT_EQ(literal.reshaped({4}), Literal::from_values({ElementType::f32, {4}}, {1, 2, 3, 4}));
  EXPECT_DEATH(literal.reshaped({3}), "reshape tensor<2x2xf32> to tensor<3xf32>");
}

TEST(Literal, CopiesOfElementsKeepTheirBits) {
  const std::vector<std::byte> signaling = {std::byte{1}, std::byte{0}, std::byte{0x80},
                                            std::byte{0x7f}};
  const Literal from = Literal::from_bytes({ElementType::f32, {}}, true, signaling);
  Literal to({ElementType::f32, {1}});
  to.copy_element(0, from, 0);
  EXPECT_EQ(to.bytes(), signaling);
}

}  // namespace
}  // namespace kiln::ir
