#include "passes/loops/hoist.h"

#include <gtest/gtest.h>

#include <set>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "passes/loops/vectorize.h"
#include "passes/simplification/simplify.h"
#include "tests/passes/recurrent.h"
#include "tests/random_module.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::ScanInputs;
using ir::ScanResults;
using ir::Tensor;
using Tensors = std::vector<Tensor>;

void expect_near(const std::vector<ir::Literal>& expected, const std::vector<ir::Literal>& actual,
                 const std::string& what) {
  ASSERT_EQ(expected.size(), actual.size());
  for (size_t r = 0; r < expected.size(); ++r) {
    for (int64_t i = 0; i < expected[r].type().count(); ++i)
      ASSERT_NEAR(expected[r].get(i), actual[r].get(i), 1e-12) << what << ", result " << r;
  }
}

/// The module before and after, simplified; hoisting must not change what it computes.
ir::Module hoisted(const Recurrence& recurrence) {
  ir::Module module = module_of(recurrence.types(ElementType::f64), recurrence.formula);
  EXPECT_TRUE(differentiate(module));
  EXPECT_TRUE(simplify(module));
  std::mt19937_64 random(7);
  std::vector<ir::Literal> arguments;
  for (const ir::Type& type : recurrence.types(ElementType::f64))
    arguments.push_back(random_literal(type, -1, 1, random));
  const auto expected = evaluate(module, arguments);
  EXPECT_TRUE(hoist(module));
  const Status valid = ir::verify(module);
  EXPECT_TRUE(valid) << valid.error().to_string();
  expect_near(expected, evaluate(module, arguments), ir::print(module));
  return module;
}

/// How many ops of that name all loops have.
int count_in_loops(const ir::Module& module, std::string_view name) {
  int count = 0;
  for (const auto& op : module.function("main")->body.ops()) {
    if (!op->is("scan")) continue;
    for (const auto& inner : op->region().ops()) count += inner->is(name);
  }
  return count;
}

/// An op without a rule stays in its loop for good, whatever it costs: not by oversight.
TEST(Hoist, EveryOpHasARuleOrIsKnownToStay) {
  const std::set<std::string_view> staying = {
      "constant", "iota",        "pad",           "gather",
      "scatter",  "convolution", "reduce_window", "select_and_scatter",
      "fusion",   "scan",        "gradient",      "rng_bit_generator"};
  std::set<std::string_view> seen = {"gradient"};  // none is left when `hoist` runs
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const ir::Module module = tests::random_module(seed, {.fusions = true});
    for (const auto& op : module.functions[0]->body.ops()) {
      seen.insert(op->name());
      EXPECT_EQ(can_vectorize(*op), !staying.contains(op->name())) << op->name();
    }
  }
  for (std::string_view name : staying) EXPECT_TRUE(seen.contains(name)) << name << " is not tried";
}

TEST(Hoist, TakesTheInputProjectionBeforeTheLoop) {
  const ir::Module module = hoisted(lstm(3, 2, 3, 2));
  EXPECT_EQ(count_in_loops(module, "dot_general"), 1) << ir::print(module);
  EXPECT_EQ(count_ops(module, "dot_general"), 1);
}

TEST(Hoist, MakesWeightGradientsOneProductAfterTheLoop) {
  const ir::Module module = hoisted(with_gradients(lstm(3, 2, 3, 2)));
  // One product with the recurrent kernel in each direction.
  EXPECT_EQ(count_in_loops(module, "dot_general"), 2) << ir::print(module);
  EXPECT_EQ(count_in_loops(module, "reduce"), 0) << ir::print(module);
  // The input projection, the gradients of both kernels and of the input.
  EXPECT_EQ(count_ops(module, "dot_general"), 4) << ir::print(module);
}

TEST(Hoist, TransposesAMatrixOnce) {
  const ir::Module module = hoisted(with_gradients(lstm(3, 2, 3, 2)));
  EXPECT_EQ(count_ops(module, "transpose"), 1) << ir::print(module);
  for (const auto& op : module.function("main")->body.ops()) {
    if (!op->is("scan")) continue;
    for (const auto& inner : op->region().ops()) {
      if (!inner->is("dot_general")) continue;
      EXPECT_EQ(inner->get<ir::Integers>("rhs_contracting"), ir::Integers{0});
    }
  }
}

TEST(Hoist, OfReversedLoops) {
  hoisted(with_gradients(simple_rnn(true, true)));
  hoisted(with_gradients(simple_rnn(false, true)));
}

TEST(Hoist, LeavesWhatTheCarriesNeed) {
  const Recurrence matrix_power = {
      [](Builder& builder, const Tensors& x) {
        const ScanResults results =
            ir::scan(builder, {{x[0]}, {}, {x[1]}}, 3, false, [](Builder&, const ScanInputs& in) {
              return ScanResults{{dot(in.carries[0], in.invariants[0])}, {}};
            });
        return Tensors{results.carries[0]};
      },
      {{2, 2}, {2, 2}}};
  const ir::Module module = hoisted(matrix_power);
  EXPECT_EQ(count_in_loops(module, "dot_general"), 1);
}

TEST(Hoist, TakesOutWhatIsTheSameForAllSteps) {
  const Recurrence repeated = {
      [](Builder& builder, const Tensors& x) {
        const ScanResults results =
            ir::scan(builder, {{x[0]}, {}, {x[1]}}, 3, false, [](Builder&, const ScanInputs& in) {
              return ScanResults{{in.carries[0] * exp(in.invariants[0])}, {}};
            });
        return Tensors{results.carries[0]};
      },
      {{2}, {2}}};
  const ir::Module module = hoisted(repeated);
  EXPECT_EQ(count_in_loops(module, "exponential"), 0);
  EXPECT_EQ(count_ops(module, "exponential"), 1);
}

TEST(Hoist, KeepsASumThatIsReadInTheLoop) {
  const Recurrence running = {
      [](Builder& builder, const Tensors& x) {
        const ScanResults results =
            ir::scan(builder, {{x[0]}, {x[1]}, {}}, 3, false, [](Builder&, const ScanInputs& in) {
              const Tensor sum = in.carries[0] + dot(in.stacked[0], in.stacked[0]);
              return ScanResults{{sum}, {sum}};
            });
        return Tensors{results.outputs[0]};
      },
      {{2, 2}, {3, 2, 2}}};
  hoisted(running);
  hoisted(with_gradients(running));
}

}  // namespace
}  // namespace kiln::passes
