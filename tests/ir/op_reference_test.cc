#include "ir/op_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ir/ops/definition.h"
#include "ir/spelling.h"

namespace kiln::ir {
namespace {

TEST(OpDefinitions, AreCompleteAndNamedOnce) {
  std::set<std::string_view> names;
  for (const OpDefinition& op : op_definitions()) {
    EXPECT_TRUE(names.insert(op.name).second) << op.name;
    EXPECT_EQ(find_op(op.name), &op);
    EXPECT_FALSE(op.summary.empty()) << op.name;
    EXPECT_NE(op.infer, nullptr) << op.name;
    EXPECT_EQ(op.evaluate == nullptr, op.op_class == OpClass::structured) << op.name;
    for (const AttributeSpec& spec : op.attributes) EXPECT_FALSE(spec.summary.empty()) << op.name;
  }
  EXPECT_EQ(find_op("dense"), nullptr);
}

TEST(OpReference, MarkdownHasARowPerOp) {
  const std::string text = op_reference_markdown();
  EXPECT_EQ(text.find("| op | operands | attributes | meaning |\n|---|---|---|---|\n"), 0u);
  EXPECT_NE(text.find("| `add` | 2 |  | a + b |\n"), std::string::npos);
  EXPECT_NE(text.find("| `abs` | 1 |  | \\|x\\| |\n"), std::string::npos);
  EXPECT_NE(
      text.find(
          "| `concatenate` | 1 or more | `dimension`: the dimension along which they are joined |"),
      std::string::npos);
  const auto rows = std::count(text.begin(), text.end(), '\n');
  EXPECT_EQ(rows, static_cast<std::ptrdiff_t>(op_definitions().size()) + 2);
}

TEST(OpReference, TextNamesAttributes) {
  const std::string text = op_reference_text();
  EXPECT_NE(text.find("permutation: an operand dimension per result dimension\n"),
            std::string::npos);
  EXPECT_NE(text.find("buffers: (optional) "), std::string::npos);
  for (const OpDefinition& op : op_definitions()) EXPECT_NE(text.find(op.name), std::string::npos);
}

TEST(Spelling, NearestName) {
  const std::vector<std::string_view> names = {"add", "abs", "transpose", "dot_general"};
  EXPECT_EQ(did_you_mean("tranpose", names), "did you mean transpose?");
  EXPECT_EQ(did_you_mean("dot_genreal", names), "did you mean dot_general?");
  EXPECT_EQ(did_you_mean("ad", names), "did you mean add?");
  EXPECT_EQ(did_you_mean("convolution", names), "");
  EXPECT_EQ(did_you_mean("", names), "");
  EXPECT_EQ(did_you_mean(std::string(1000, 'a'), names), "");
}

}  // namespace
}  // namespace kiln::ir
