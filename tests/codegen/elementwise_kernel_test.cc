// Elementwise kernels against the interpreter.
#include <gtest/gtest.h>

#include <set>

#include "ir/ops/definition.h"
#include "tests/codegen/elementwise_cases.h"

namespace kiln::tests {
namespace {

TEST(ElementwiseKernels, ArithmeticAgrees) { expect_kernels_agree(arithmetic()); }
TEST(ElementwiseKernels, ExtremesKeepNaN) { expect_kernels_agree(extremes()); }
TEST(ElementwiseKernels, TranscendentalFunctionsAgree) {
  expect_kernels_agree(transcendental_functions());
}
TEST(ElementwiseKernels, LogicAgrees) { expect_kernels_agree(logic()); }
TEST(ElementwiseKernels, WrappedSignsAgree) { expect_kernels_agree(wrapped_signs()); }
TEST(ElementwiseKernels, ComparisonsAgree) { expect_kernels_agree(comparisons()); }
TEST(ElementwiseKernels, SelectAgrees) { expect_kernels_agree(selects()); }
TEST(ElementwiseKernels, ConversionsAgree) { expect_kernels_agree(conversions()); }

TEST(ElementwiseKernels, EveryOpIsTried) {
  std::set<std::string_view> tried;
  for (auto* cases :
       {arithmetic, extremes, transcendental_functions, logic, comparisons, selects, conversions}) {
    for (const FusionCase& each : cases()) {
      ir::Region region;
      ir::Builder builder(region);
      std::vector<ir::Tensor> inputs;
      for (const ir::Literal& input : each.inputs)
        inputs.push_back(builder.wrap(region.add_argument(input.type())));
      each.body(builder, inputs);
      for (const auto& op : region.ops()) tried.insert(op->definition().name);
    }
  }
  for (const ir::OpDefinition& op : ir::op_definitions()) {
    if (op.op_class != ir::OpClass::elementwise) continue;
    EXPECT_TRUE(tried.contains(op.name)) << op.name << " has no line in elementwise_cases.cc";
  }
}

}  // namespace
}  // namespace kiln::tests
