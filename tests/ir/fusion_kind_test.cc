#include <gtest/gtest.h>

#include "ir/ops/fusion.h"
#include "ir/parser.h"

namespace kiln::ir {
namespace {

TEST(FusionKind, NamesAreItsText) {
  for (FusionKind kind : kFusionKinds) EXPECT_EQ(find_fusion_kind(name_of(kind)), kind);
  EXPECT_EQ(find_fusion_kind("contractoin"), std::nullopt);
}

/// A dot_general without columns, a convolution's parts and so on are in the passes' cases; here,
/// that predicates tell ops apart, whatever their size.
TEST(FusionKind, AcceptsRootsOfItsOwn) {
  auto module = parse_module(R"(
module @m {
  func @f(%0: tensor<2x3xf32> "x", %1: tensor<3x4xf32> "w") -> (tensor<2xf32> "y") {
    %2 = dot_general %0, %1 {lhs_batching = [], lhs_contracting = [1], rhs_batching = [], rhs_contracting = [0]} : tensor<2x4xf32>
    %3 = exponential %2 : tensor<2x4xf32>
    %4 = reduce %3 {dimensions = [1], reducer = "add"} : tensor<2xf32>
    return %4
  }
}
)",
                             "case");
  ASSERT_TRUE(module) << module.error().to_string();
  const Region& body = module->functions[0]->body;
  const Op &dot = *body.ops()[0], &exponential = *body.ops()[1], &reduce = *body.ops()[2];
  for (FusionKind kind : kFusionKinds) {
    const bool is_any = kind == FusionKind::serial;
    EXPECT_EQ(accepts(kind, dot), is_any || kind == FusionKind::contraction) << name_of(kind);
    EXPECT_EQ(accepts(kind, exponential), is_any || kind == FusionKind::pointwise) << name_of(kind);
    EXPECT_EQ(accepts(kind, reduce), is_any || kind == FusionKind::reduction) << name_of(kind);
  }
  EXPECT_EQ(&root_of(FusionKind::contraction, body), &dot);
  EXPECT_EQ(&root_of(FusionKind::reduction, body), &reduce);
}

}  // namespace
}  // namespace kiln::ir
