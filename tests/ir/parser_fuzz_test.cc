// Damaged texts: the parser answers with an error or a module, never a crash (run it with
// --config=asan), and a module that it accepts prints and parses again.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ir/parser.h"
#include "ir/printer.h"
#include "tests/random_module.h"
#include "tests/random_ops.h"

namespace kiln::ir {
namespace {

/// Pieces that the grammar gives a meaning.
const std::vector<std::string>& fragments() {
  static const std::vector<std::string> all = {"%0",
                                               "%1",
                                               "%",
                                               "@",
                                               "@v0",
                                               "\"",
                                               "\\",
                                               "tensor<",
                                               "tensor<2xf32>",
                                               "tensor<999999999999xf64>",
                                               "x",
                                               "-",
                                               "-1",
                                               "99999999999999999999",
                                               "1e999",
                                               "nan",
                                               "-inf",
                                               "0x",
                                               "0xffffffffffffffffff",
                                               "dense<",
                                               "dense<\"0x00\">",
                                               "dense<[]>",
                                               "[",
                                               "]",
                                               "[:str]",
                                               "{",
                                               "}",
                                               "(",
                                               ")",
                                               "region(",
                                               "return",
                                               "func @f0",
                                               "variable",
                                               "fusion",
                                               "gradient %0, %0",
                                               "loc(\"",
                                               "attributes {",
                                               "role = \"",
                                               ", ",
                                               " = ",
                                               " : ",
                                               "->",
                                               "...",
                                               "//",
                                               "\n",
                                               std::string(1, 0),
                                               "\xff"};
  return all;
}

void mutate(std::string& text, tests::Random& random) {
  const auto size = static_cast<int64_t>(text.size());
  const auto at = static_cast<size_t>(random.below(size + 1));
  const auto length =
      static_cast<size_t>(random.chance(80) ? random.below(8) : random.below(size / 2 + 1));
  switch (random.below(5)) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, text.substr(static_cast<size_t>(random.below(size + 1)), length));
      break;
    case 2:
      text.insert(at, random.pick(fragments()));
      break;
    case 3:
      text.resize(at);
      break;
    default:
      if (at < text.size()) text[at] = static_cast<char>(random.below(256));
  }
}

TEST(ParserFuzz, DamagedModules) {
  constexpr int kTexts = 40;
  constexpr int kMutants = 300;
  int accepted = 0;
  for (int seed = 0; seed < kTexts; ++seed) {
    tests::RandomModuleOptions options;
    options.ops = 8;
    options.fusions = true;
    const std::string original = print(tests::random_module(static_cast<uint64_t>(seed), options));
    tests::Random random(static_cast<uint64_t>(seed));
    for (int mutant = 0; mutant < kMutants; ++mutant) {
      std::string text = original;
      for (int64_t i = random.between(1, 3); i > 0; --i) mutate(text, random);
      const auto module = parse_module(text);
      if (!module) {
        ASSERT_FALSE(module.error().message.empty());
        ASSERT_EQ(module.error().where.find("<text>:"), 0u) << module.error().to_string();
        continue;
      }
      ++accepted;
      const std::string printed = print(*module);
      const auto again = parse_module(printed);
      ASSERT_TRUE(static_cast<bool>(again)) << again.error().to_string() << "\n" << text;
      ASSERT_EQ(print(*again), printed) << text;
    }
  }
  EXPECT_GT(accepted,
            kTexts * kMutants / 100);  // some damage does not matter: both answers are seen
}

TEST(ParserFuzz, RandomFragments) {
  tests::Random random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string text = "module @m {\n func @f(%0: tensor<2xf32> \"x\") -> () {\n";
    for (int64_t n = random.below(12); n > 0; --n) text += random.pick(fragments()) + " ";
    const auto module = parse_module(text);
    ASSERT_FALSE(static_cast<bool>(module)) << text;
  }
}

}  // namespace
}  // namespace kiln::ir
