// Elementwise kernels against the interpreter.
#include <gtest/gtest.h>

#include "tests/codegen/elementwise_cases.h"

namespace kiln::tests {
namespace {

TEST(ElementwiseKernels, ArithmeticAgrees) { expect_kernels_agree(arithmetic()); }
TEST(ElementwiseKernels, ExtremesKeepNaN) { expect_kernels_agree(extremes()); }
TEST(ElementwiseKernels, TranscendentalFunctionsAgree) {
  expect_kernels_agree(transcendental_functions());
}
TEST(ElementwiseKernels, LogicAgrees) { expect_kernels_agree(logic()); }
TEST(ElementwiseKernels, ComparisonsAgree) { expect_kernels_agree(comparisons()); }
TEST(ElementwiseKernels, SelectAgrees) { expect_kernels_agree(selects()); }
TEST(ElementwiseKernels, ConversionsAgree) { expect_kernels_agree(conversions()); }

}  // namespace
}  // namespace kiln::tests
