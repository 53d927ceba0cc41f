// print and parse are each other's inverse.
#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "ir/builder.h"
#include "ir/literal_text.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "tests/module_equality.h"
#include "tests/random_module.h"

namespace kiln::ir {
namespace {

/// parse(print(m)) must equal m and print the same.
void expect_round_trip(const Module& module) {
  const std::string text = print(module);
  const auto parsed = parse_module(text);
  ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string() << "\n" << text;
  EXPECT_EQ(tests::difference(module, *parsed), "") << text;
  EXPECT_EQ(print(*parsed), text);
}

/// The text is what print gives for what it says.
void expect_stable(const std::string& text) {
  const auto parsed = parse_module(text);
  ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string();
  EXPECT_EQ(print(*parsed), text);
}

Attribute round_trip(const Attribute& attribute) {
  Module module;
  module.attributes["a"] = attribute;
  auto parsed = parse_module(print(module));
  KILN_CHECK(static_cast<bool>(parsed), "{}\n{}", parsed.error().to_string(), print(module));
  EXPECT_EQ(tests::difference(module, *parsed), "");
  return parsed->attributes.at("a");
}

TEST(Text, AWholeModule) {
  expect_stable(
      R"(module @mnist_mlp attributes {loss = "sparse_categorical_crossentropy", steps = 5} {
  variable @dense/kernel : tensor<3x2xf32> {offset = 64, role = "trainable"} loc("mnist_mlp/dense")
  variable @"two words" : tensor<i64> {role = "metric"}
  func @train_step(%0: tensor<3x2xf32> @dense/kernel, %1: tensor<4x3xf32> "x") -> (tensor<3x2xf32> @dense/kernel, tensor<f32> "loss") attributes {batch = 4} {
    %2 = dot_general %1, %0 {lhs_batching = [], lhs_contracting = [1], rhs_batching = [], rhs_contracting = [0]} : tensor<4x2xf32> loc("mnist_mlp/dense")
    %3 = constant {value = dense<0.0>} : tensor<4x2xf32>
    %4, %5 = fusion %2, %3 {buffers = ["arena+0", "state:w"], kind = "reduction"} : tensor<4x2xf32>, tensor<f32> region(%6: tensor<4x2xf32>, %7: tensor<4x2xf32>) {
      %8 = maximum %6, %7 : tensor<4x2xf32>
      %9 = reduce %8 {dimensions = [0, 1], reducer = "add"} : tensor<f32>
      return %8, %9
    } loc("mnist_mlp/dense/relu")
    %10 = gradient %5, %0 : tensor<3x2xf32>
    return %10, %5
  }
  func @nothing() -> () {
    return
  }
}
)");
}

TEST(Text, FreeFormReadsTheSame) {
  const auto parsed = parse_module(R"(// a comment
module@m{func@f(%x:tensor<2xf32>"x")->(tensor<2xf32>"y"){ // names of one's own
%sum.1=add%x,%x:tensor<2xf32>
return%sum.1}})");
  ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string();
  EXPECT_EQ(print(*parsed),
            "module @m {\n  func @f(%0: tensor<2xf32> \"x\") -> (tensor<2xf32> \"y\") {\n"
            "    %1 = add %0, %0 : tensor<2xf32>\n    return %1\n  }\n}\n");
}

TEST(Text, AttributesOfEveryKind) {
  const double payload = std::bit_cast<double>(uint64_t{0xfff8000000000123});
  const std::vector<Attribute> attributes = {
      true,
      false,
      int64_t{5},
      INT64_MIN,
      INT64_MAX,
      5.0,
      -0.0,
      0.1,
      1e300,
      5e-324,
      1e22,
      std::numeric_limits<double>::infinity(),
      -std::numeric_limits<double>::infinity(),
      std::numeric_limits<double>::quiet_NaN(),
      payload,
      std::string(),
      std::string("true"),
      std::string("a\"b\\c\n\t\x01\xff\0z", 11),
      Integers{},
      Integers{-1, 0, 1},
      Strings{},
      Strings{""},
      Strings{"a", "]", "\""},
      Literal::splat({ElementType::f32, {2, 3}}, 0.1),
      Literal({ElementType::i1, {0, 4}}),
      Literal::from_values({ElementType::i8, {3}}, {-128, 0, 127})};
  for (const Attribute& attribute : attributes) {
    EXPECT_EQ(round_trip(attribute).index(), attribute.index()) << print(attribute);
  }
  EXPECT_EQ(print(Attribute(5.0)), "5.0");
  EXPECT_EQ(print(Attribute(1e22)), "1e+22");
  EXPECT_EQ(print(Attribute(Strings{})), "[:str]");
  EXPECT_EQ(print(Attribute(payload)), "0xfff8000000000123");
}

TEST(Text, WhatAnOpWantsDecides) {
  const auto parsed = parse_module(R"(module @m {
  func @f() -> () {
    fusion {buffers = [], kind = "serial"} region() {
      return
    }
    return
  }
})");
  ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string();
  EXPECT_EQ(parsed->functions[0]->body.ops()[0]->get<Placements>("buffers"), Placements{});
}

TEST(Text, PlacementsOfEverySpace) {
  const Placements placements = {
      Placement::arena(0),           Placement::arena(INT64_MAX), Placement::state("dense/kernel"),
      Placement::state("a\"b:+ \n"), Placement::state(""),        Placement::output("loss"),
      Placement::carry(0),           Placement::stack(12)};
  for (const Placement& placement : placements) {
    const auto parsed = parse_placement(placement.to_string());
    ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string();
    EXPECT_EQ(*parsed, placement);
  }
  const std::string text = R"(module @m {
  func @f() -> () {
    %0, %1 = fusion {buffers = ["arena+64", "state:a\"b"], kind = "serial"} : tensor<f32>, tensor<f32> region() {
      %2 = constant {value = dense<0.0>} : tensor<f32>
      return %2, %2
    }
    return
  }
}
)";
  const auto parsed = parse_module(text);
  ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string();
  EXPECT_EQ(parsed->functions[0]->body.ops()[0]->get<Placements>("buffers"),
            (Placements{Placement::arena(64), Placement::state("a\"b")}));
  EXPECT_EQ(print(*parsed), text);
  EXPECT_EQ(print(Attribute(Placements{Placement::carry(1)})), "[\"carry:1\"]");
}

TEST(Text, NamesNeedQuotesOrNot) {
  Module module;
  module.name = "a b";
  module.attributes["odd name"] = int64_t{1};
  module.attributes["func"] = int64_t{2};
  module.variables.push_back({"dense/kernel_1.m-2$", {}, Role::optimizer, {}, "a\"b"});
  module.variables.push_back({"\xc3\xa9\"\n", {}, Role::metric, {{"odd name", true}}, ""});
  Function& function = module.add_function("f(x)");
  Value* x = function.add_argument({}, Binding::variable("\xc3\xa9\"\n"));
  function.add_result(x, Binding::plain("a \"result\""));
  expect_round_trip(module);
}

/// All elements of a literal as its text says them.
std::string spelled(ElementType element, std::vector<std::byte> bytes) {
  const auto count = static_cast<int64_t>(bytes.size()) / size_of(element);
  return literal_text(Literal::from_bytes({element, {count}}, false, std::move(bytes)));
}

TEST(Text, LiteralsAreShort) {
  EXPECT_EQ(literal_text(Literal::splat({ElementType::f32, {8}}, 0.1)), "dense<0.1>");
  EXPECT_EQ(literal_text(Literal::from_values({ElementType::f32, {2}}, {1e10, -0.0})),
            "dense<[1e+10, -0.0]>");
  EXPECT_EQ(literal_text(Literal::from_values({ElementType::f32, {1}}, {16777216})),
            "dense<[16777216.0]>");
  EXPECT_EQ(literal_text(Literal::from_values({ElementType::bf16, {1}}, {0.1})),
            "dense<[0.100097656]>");
  EXPECT_EQ(literal_text(Literal::from_values({ElementType::i1, {2}}, {1, 0})),
            "dense<[true, false]>");
  EXPECT_EQ(literal_text(Literal({ElementType::f32, {0}})), "dense<[]>");
  EXPECT_EQ(spelled(ElementType::f32, {std::byte{1}, {}, std::byte{0xc0}, std::byte{0xff}}),
            "dense<[0xffc00001]>");
  EXPECT_EQ(literal_text(Literal({ElementType::u8, {65}})),
            "dense<\"0x" + std::string(130, '0') + "\">");
  EXPECT_EQ(literal_text(Literal({ElementType::u8, {65}}), 64), "dense<...>");
}

/// Every bit pattern of 16 bits, and of 32 bits a sample, as constants.
TEST(Text, EveryBitOfAFloatSurvives) {
  for (ElementType element :
       {ElementType::f16, ElementType::bf16, ElementType::f32, ElementType::f64}) {
    const auto size = static_cast<size_t>(size_of(element));
    Module module;
    Builder builder(module.add_function("f").body);
    std::vector<std::byte> bytes;
    for (uint64_t i = 0; i < 0x10000; ++i) {
      const uint64_t bits = size == 2 ? i : i * 0x9e3779b97f4a7c15;
      for (size_t b = 0; b < size; ++b) bytes.push_back(static_cast<std::byte>(bits >> (8 * b)));
      if (static_cast<int64_t>(bytes.size() / size) < kLargestSpelledLiteral) continue;
      builder.constant(Literal::from_bytes({element, {kLargestSpelledLiteral}}, false,
                                           std::exchange(bytes, {})));
    }
    const auto parsed = parse_module(print(module));
    ASSERT_TRUE(static_cast<bool>(parsed)) << parsed.error().to_string();
    EXPECT_EQ(tests::difference(module, *parsed), "") << name_of(element);
  }
}

TEST(Text, LargeConstantsAreBytes) {
  Module module;
  Builder builder(module.add_function("f").body);
  for (ElementType element :
       {ElementType::f32, ElementType::i64, ElementType::i1, ElementType::bf16}) {
    builder.constant(tests::random_literal({element, {10, 13}}, 3));
  }
  EXPECT_NE(print(module).find("dense<\"0x"), std::string::npos);
  expect_round_trip(module);
}

TEST(Text, OptionsLeaveThingsOut) {
  Module module;
  Builder builder(module.add_function("f").body, "model/layer");
  builder.constant(Literal({ElementType::f32, {20}}));
  const std::string text = print(module, {.locations = false, .largest_constant = 10});
  EXPECT_NE(text.find("%0 = constant {value = dense<...>} : tensor<20xf32>\n"), std::string::npos)
      << text;
}

TEST(Text, OpsAndRegionsAlone) {
  Function function;
  Builder builder(function.body, "model");
  const Tensor x =
      builder.wrap(function.add_argument({ElementType::f32, {2}}, Binding::plain("x")));
  const Tensor y = x + x;
  const Tensor z = y * x;
  function.add_result(z.value, Binding::plain("z"));
  EXPECT_EQ(print(*z.value->op()), "%2 = multiply %0, %1 : tensor<2xf32> loc(\"model\")\n");
  EXPECT_EQ(print_line(function, *z.value->op()),
            "%2 = multiply %1, %0 : tensor<2xf32> loc(\"model\")");
  EXPECT_EQ(print(function.body, {.locations = false}),
            "region(%0: tensor<2xf32>) {\n  %1 = add %0, %0 : tensor<2xf32>\n"
            "  %2 = multiply %1, %0 : tensor<2xf32>\n  return %2\n}\n");
}

TEST(Text, RandomModules) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    tests::RandomModuleOptions options;
    options.fusions = seed % 2 == 0;
    options.functions = 1 + static_cast<int>(seed % 3);
    options.loss = seed % 5 == 0;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Module module = tests::random_module(seed, options);
    expect_round_trip(module);
    EXPECT_EQ(tests::difference(module, clone(module)), "");
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace kiln::ir
