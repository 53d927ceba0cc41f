// Kernels that are compiled once and called with other buffers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "codegen/compile.h"
#include "codegen/temporary_directory.h"
#include "ir/literal.h"
#include "ir/parser.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"

namespace kiln::tests {
namespace {

/// Three kernels: the second differs from the first in names, buffers and location, the third in a
/// constant's value.
constexpr const char* kThreeKernels = R"(
module @three attributes {state_bytes = 0} {
  func @f(%0: tensor<4xf32> "a", %1: tensor<4xf32> "b") -> (tensor<4xf32> "x", tensor<4xf32> "y", tensor<4xf32> "z") attributes {arena_bytes = 0} {
    %2 = fusion %0 {buffers = ["output:x"], kind = "serial"} : tensor<4xf32> region(%3: tensor<4xf32>) {
      %4 = constant {value = dense<2.0>} : tensor<4xf32>
      %5 = multiply %3, %4 : tensor<4xf32>
      return %5
    } loc("first")
    %six = fusion %1 {buffers = ["output:y"], kind = "serial"} : tensor<4xf32> region(%seven: tensor<4xf32>) {
      %eight = constant {value = dense<2.0>} : tensor<4xf32>
      %nine = multiply %seven, %eight : tensor<4xf32>
      return %nine
    } loc("second")
    %10 = fusion %0 {buffers = ["output:z"], kind = "serial"} : tensor<4xf32> region(%11: tensor<4xf32>) {
      %12 = constant {value = dense<3.0>} : tensor<4xf32>
      %13 = multiply %11, %12 : tensor<4xf32>
      return %13
    } loc("third")
    return %2, %six, %10
  }
}
)";

/// Layers of 16 by 16 with biases and relus, one after the other.
std::string chain(int layers) {
  std::string text = R"(
module @chain attributes {inputs = ["x"], outputs = ["y"]} {
  func @predict_step(%x0: tensor<4x16xf32> "x", %w: tensor<16x16xf32> "w", %b: tensor<16xf32> "b") -> (tensor<4x16xf32> "y") attributes {batch = 4} {
    %zero = constant {value = dense<0.0>} : tensor<4x16xf32>
    %bias = broadcast_in_dim %b {broadcast_dimensions = [1]} : tensor<4x16xf32>
)";
  for (int i = 0; i < layers; ++i) {
    text += fmt::format(
        "    %d{0} = dot_general %x{0}, %w {{lhs_batching = [], lhs_contracting = [1], "
        "rhs_batching = [], rhs_contracting = [0]}} : tensor<4x16xf32> loc(\"layer_{0}\")\n"
        "    %a{0} = add %d{0}, %bias : tensor<4x16xf32> loc(\"layer_{0}\")\n"
        "    %x{1} = maximum %a{0}, %zero : tensor<4x16xf32> loc(\"layer_{0}\")\n",
        i, i + 1);
  }
  return text + fmt::format("    return %x{}\n  }}\n}}\n", layers);
}

class SharedKernels : public testing::Test {
 protected:
  SharedKernels() : directory_(std::move(*codegen::TemporaryDirectory::create())) {
    setenv("KILN_CACHE", directory_.path().c_str(), 1);
  }

  static codegen::CompileStatistics compile(const ir::Module& module) {
    codegen::CompileStatistics statistics;
    const auto code = codegen::compile(module, {{codegen::host_target(1)}}, &statistics);
    EXPECT_TRUE(code) << code.error().to_string();
    return statistics;
  }

  codegen::TemporaryDirectory directory_;
};

TEST_F(SharedKernels, AreThoseThatDifferInNamesAndLocationsAlone) {
  const auto module = ir::parse_module(kThreeKernels);
  ASSERT_TRUE(module) << module.error().to_string();
  const codegen::CompileStatistics statistics = compile(*module);
  EXPECT_EQ(statistics.calls, 3);
  EXPECT_EQ(statistics.kernels, 2);
}

TEST_F(SharedKernels, HaveTheirOwnConstantsAndBuffers) {
  const auto module = ir::parse_module(kThreeKernels);
  ASSERT_TRUE(module) << module.error().to_string();
  LoadedModule loaded(*module);
  ir::Environment variables;
  const ir::Type type{ir::ElementType::f32, {4}};
  const auto numbers = [&](const std::vector<double>& values) {
    return ir::Literal::from_values(type, values);
  };
  const auto outputs =
      loaded.run("f", variables, {{"a", numbers({1, 2, 3, 4})}, {"b", numbers({5, 6, 7, 8})}});
  EXPECT_EQ(outputs.at("x"), numbers({2, 4, 6, 8}));
  EXPECT_EQ(outputs.at("y"), numbers({10, 12, 14, 16}));
  EXPECT_EQ(outputs.at("z"), numbers({3, 6, 9, 12}));
}

TEST_F(SharedKernels, AreMadeOfWhatDeepModelsRepeat) {
  auto module = ir::parse_module(chain(200));
  ASSERT_TRUE(module) << module.error().to_string();
  ASSERT_TRUE(passes::run_pipeline(*module));
  const codegen::CompileStatistics statistics = compile(*module);
  EXPECT_GT(statistics.calls, 20);
  // The last one may have fewer layers than the others.
  EXPECT_LE(statistics.kernels, 2);
}

TEST_F(SharedKernels, AModelOfFewOpsHasFewCalls) {
  auto module = ir::parse_module(chain(20));
  ASSERT_TRUE(module) << module.error().to_string();
  ASSERT_TRUE(passes::run_pipeline(*module));
  EXPECT_EQ(compile(*module).calls, 1);
}

}  // namespace
}  // namespace kiln::tests
