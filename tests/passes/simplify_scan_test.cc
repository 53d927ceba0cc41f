#include "passes/simplification/simplify_scan.h"

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/simplification/simplify.h"
#include "tests/passes/recurrent.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::ScanInputs;
using ir::ScanResults;
using ir::Tensor;
using Tensors = std::vector<Tensor>;

/// Simplified, with the same results.
ir::Module simplified(const Formula& formula, const std::vector<ir::Shape>& shapes) {
  std::vector<ir::Type> types;
  std::vector<ir::Literal> arguments;
  std::mt19937_64 random(3);
  for (const ir::Shape& shape : shapes) {
    types.push_back({ElementType::f32, shape});
    arguments.push_back(random_literal(types.back(), -1, 1, random));
  }
  ir::Module module = module_of(types, formula);
  const auto expected = evaluate(module, arguments);
  EXPECT_TRUE(simplify(module));
  const Status valid = ir::verify(module);
  EXPECT_TRUE(valid) << valid.error().to_string();
  const auto actual = evaluate(module, arguments);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(same_bits(expected[i], actual[i])) << ir::print(module);
  return module;
}

const ir::Op& the_scan(const ir::Module& module) {
  for (const auto& op : module.function("main")->body.ops()) {
    if (op->is("scan")) return *op;
  }
  KILN_CHECK(false, "no scan in\n{}", ir::print(module));
}

TEST(SimplifyScan, DropsWhatNothingReads) {
  const ir::Module module = simplified(
      [](Builder& builder, const Tensors& x) {
        const ScanResults results = ir::scan(builder, {{x[0], x[1]}, {x[2], x[3]}, {x[4]}}, 3,
                                             false, [](Builder&, const ScanInputs& in) {
                                               const Tensor used = in.carries[0] + in.stacked[0];
                                               const Tensor unused =
                                                   in.carries[1] * in.stacked[1] + in.invariants[0];
                                               return ScanResults{{used, unused}, {used, unused}};
                                             });
        return Tensors{results.outputs[0]};
      },
      {{2}, {2}, {3, 2}, {3, 2}, {2}});
  const ir::ScanParts parts = parts_of(the_scan(module));
  EXPECT_EQ(parts.carries, 1u);
  EXPECT_EQ(parts.stacked, 1u);
  EXPECT_EQ(parts.invariants, 0u);
  EXPECT_EQ(parts.outputs, 1u);
}

TEST(SimplifyScan, KeepsACarryThatAnotherNeeds) {
  const ir::Module module = simplified(
      [](Builder& builder, const Tensors& x) {
        const ScanResults results =
            ir::scan(builder, {{x[0], x[1]}, {}, {}}, 3, false, [](Builder&, const ScanInputs& in) {
              return ScanResults{{in.carries[1], in.carries[0] + in.carries[1]}, {}};
            });
        return Tensors{results.carries[0]};
      },
      {{2}, {2}});
  EXPECT_EQ(parts_of(the_scan(module)).carries, 2u);
}

TEST(SimplifyScan, MakesAConstantCarryAnInvariant) {
  const ir::Module module = simplified(
      [](Builder& builder, const Tensors& x) {
        const ScanResults results =
            ir::scan(builder, {{x[0], x[1]}, {}, {}}, 3, false, [](Builder&, const ScanInputs& in) {
              return ScanResults{{in.carries[0] * in.carries[1], in.carries[1]}, {}};
            });
        return Tensors{results.carries[0], results.carries[1]};
      },
      {{2}, {2}});
  const ir::ScanParts parts = parts_of(the_scan(module));
  EXPECT_EQ(parts.carries, 1u);
  EXPECT_EQ(parts.invariants, 1u);
}

TEST(SimplifyScan, MakesConstantsInTheBody) {
  const ir::Module module = simplified(
      [](Builder& builder, const Tensors& x) {
        const Tensor ones = builder.constant(1, {ElementType::f32, {3, 2}});
        const ScanResults results =
            ir::scan(builder, {{x[0]}, {ones}, {}}, 3, false, [](Builder&, const ScanInputs& in) {
              return ScanResults{{sine(in.carries[0] * in.stacked[0])}, {}};
            });
        return Tensors{results.carries[0]};
      },
      {{2}});
  EXPECT_EQ(parts_of(the_scan(module)).stacked, 0u);
  EXPECT_EQ(the_scan(module).region().ops().size(), 1u) << ir::print(module);
}

TEST(SimplifyScan, MergesWhatStandsTwice) {
  const ir::Module module = simplified(
      [](Builder& builder, const Tensors& x) {
        const ScanResults results = ir::scan(builder, {{x[0]}, {x[1], x[1]}, {x[2], x[2]}}, 3,
                                             false, [](Builder&, const ScanInputs& in) {
                                               const Tensor h = in.carries[0] * in.stacked[0] +
                                                                in.stacked[1] * in.invariants[0] -
                                                                sine(in.invariants[1]);
                                               return ScanResults{{h}, {h, h, in.stacked[0]}};
                                             });
        return Tensors{results.outputs[0], results.outputs[1], results.outputs[2]};
      },
      {{2}, {3, 2}, {2}});
  const ir::ScanParts parts = parts_of(the_scan(module));
  EXPECT_EQ(parts.stacked, 1u);
  EXPECT_EQ(parts.invariants, 1u);
  EXPECT_EQ(parts.outputs, 1u);
}

}  // namespace
}  // namespace kiln::passes
