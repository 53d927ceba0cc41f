// The kernels of a planned function, with what they compute and move.
#include "codegen/roofline/kernel_work.h"

#include <gtest/gtest.h>

#include "ir/parser.h"

namespace kiln::codegen {
namespace {

/// A table of 1,000 vectors of 4, of which two are looked up; three steps of a loop that add slices
/// of 2x4 up; the sum squared.
constexpr const char* kModule = R"(
module @loop attributes {state_bytes = 16000} {
  variable @table : tensor<1000x4xf32> {offset = 0, role = "trainable"}
  func @f(%0: tensor<1000x4xf32> @table, %1: tensor<2xi32> "words", %2: tensor<3x2x4xf32> "x") -> (tensor<1000x4xf32> @table, tensor<2x4xf32> "y") attributes {arena_bytes = 128, arena_lower_bound = 128} {
    %3 = fusion %0, %1 {buffers = ["arena+0"], kind = "serial"} : tensor<2x4xf32> region(%4: tensor<1000x4xf32>, %5: tensor<2xi32>) {
      %6 = gather %4, %5 {collapsed_slice_dims = [0], index_vector_dim = 1, offset_dims = [1], slice_sizes = [1, 4], start_index_map = [0]} : tensor<2x4xf32>
      return %6
    } loc("embedding")
    %7 = scan %3, %2 {buffers = ["arena+64"], carries = 1, stacked = 1, trip_count = 3} : tensor<2x4xf32> region(%8: tensor<2x4xf32>, %9: tensor<2x4xf32>) {
      %10 = fusion %8, %9 {buffers = ["carry:0"], buffer_alignment = 32, kind = "serial"} : tensor<2x4xf32> region(%11: tensor<2x4xf32>, %12: tensor<2x4xf32>) {
        %13 = add %11, %12 : tensor<2x4xf32>
        return %13
      } loc("sum")
      return %10
    } loc("scan")
    %14 = fusion %7 {buffers = ["output:y"], kind = "serial"} : tensor<2x4xf32> region(%15: tensor<2x4xf32>) {
      %16 = sqrt %15 : tensor<2x4xf32>
      return %16
    } loc("root")
    return %0, %14
  }
}
)";

TEST(KernelWork, KernelsOfAFunctionInOrder) {
  const auto module = ir::parse_module(kModule, "loop");
  ASSERT_TRUE(module) << module.error().to_string();
  const auto plan = read_plan(*module);
  ASSERT_TRUE(plan) << plan.error().to_string();
  const std::vector<KernelWork> kernels = work_of(plan->functions[0]);
  ASSERT_EQ(kernels.size(), 4);

  EXPECT_EQ(kernels[0].location(), "embedding");
  EXPECT_EQ(kernels[0].calls, 1);
  // Two rows of the table, not all of it; their numbers; the result.
  EXPECT_EQ(kernels[0].bytes(), 2 * 16 + 2 * 4 + 2 * 16);

  EXPECT_EQ(kernels[1].kind(), "copy");
  EXPECT_EQ(kernels[1].bytes(), 2 * 32);

  EXPECT_EQ(kernels[2].location(), "sum");
  EXPECT_EQ(kernels[2].calls, 3);
  EXPECT_EQ(kernels[2].arithmetic.flops, 3 * 8);
  EXPECT_EQ(kernels[2].bytes(), 3 * (32 + 32 + 32));

  EXPECT_EQ(kernels[3].kind(), "serial");
  EXPECT_EQ(kernels[3].arithmetic.roots, 8);
  EXPECT_EQ(kernels[3].bytes(), 32 + 32);
}

TEST(KernelWork, ACarryStaysNearAndSlicesComeFromFarther) {
  const auto module = ir::parse_module(kModule, "loop");
  ASSERT_TRUE(module) << module.error().to_string();
  const auto plan = read_plan(*module);
  ASSERT_TRUE(plan) << plan.error().to_string();
  const std::vector<KernelWork> kernels = work_of(plan->functions[0]);
  // The carry: the step before touched it, with its own slice.
  EXPECT_EQ(kernels[2].accesses.front().working_set, 64);
  // The slices: last touched a whole run ago. Rows, numbers, looked-up rows, carry, slices, result.
  EXPECT_EQ(kernels[2].accesses.back().working_set, 32 + 8 + 32 + 32 + 96 + 32);
}

}  // namespace
}  // namespace kiln::codegen
