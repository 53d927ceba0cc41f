// fuse, order and plan-memory keep what a module computes, on random modules and on the tutorial's.
#include <gtest/gtest.h>

#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/built_in_models.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/fusion/fuse.h"
#include "passes/gradients/differentiate.h"
#include "passes/memory/in_place.h"
#include "passes/memory/order.h"
#include "passes/memory/plan_memory.h"
#include "passes/pass.h"
#include "tests/passes/evaluation.h"
#include "tests/passes/planned_memory.h"
#include "tests/passes/recurrent.h"
#include "tests/random_module.h"

namespace kiln::passes {
namespace {

ir::Module random(uint64_t seed) { return tests::random_module(seed, {.ops = 40, .functions = 2}); }

void expect_same(const std::map<std::string, ir::Literal>& expected,
                 const std::map<std::string, ir::Literal>& actual, const std::string& what) {
  for (const auto& [name, literal] : expected)
    EXPECT_TRUE(same_bits(literal, actual.at(name))) << what << ", " << name;
}

/// Runs every function of both modules on the same values.
void expect_same_meaning(const ir::Module& before, const ir::Module& after, uint64_t seed) {
  for (size_t f = 0; f < before.functions.size(); ++f) {
    const ir::Function& function = *before.functions[f];
    tests::RandomValues values = tests::random_values(before, function, seed);
    tests::RandomValues same = values;
    const auto expected = ir::interpret(function, values.variables, values.inputs);
    const auto actual = ir::interpret(*after.functions[f], same.variables, same.inputs);
    expect_same(expected, actual, function.name);
    expect_same(values.variables, same.variables, function.name);
  }
}

class RandomModules : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomModules, FuseAndOrderKeepTheMeaning) {
  const ir::Module before = random(GetParam());
  ir::Module after = ir::clone(before);
  ASSERT_TRUE(fuse(after));
  ASSERT_TRUE(ir::verify(after)) << ir::print(after);
  expect_same_meaning(before, after, GetParam());
  ASSERT_TRUE(order(after));
  ASSERT_TRUE(ir::verify(after)) << ir::print(after);
  expect_same_meaning(before, after, GetParam());
}

TEST_P(RandomModules, PlannedBuffersHoldWhatTheyShould) {
  const ir::Module before = random(GetParam());
  ir::Module after = ir::clone(before);
  ASSERT_TRUE(run_pipeline(after));
  for (const auto& function : after.functions) {
    tests::RandomValues values =
        tests::random_values(before, *before.function(function->name), GetParam());
    tests::RandomValues same = values;
    const auto expected = ir::interpret(*function, values.variables, values.inputs);
    const auto actual = run_planned(after, *function, same.variables, same.inputs);
    expect_same(expected, actual, function->name);
    expect_same(values.variables, same.variables, function->name);
    EXPECT_GE(std::get<int64_t>(function->attributes.at("arena_bytes")),
              std::get<int64_t>(function->attributes.at("arena_lower_bound")));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomModules, ::testing::Range(uint64_t{1}, uint64_t{41}));

ir::Module planned_tutorial() {
  auto model = keras::example("mnist_mlp");
  auto module = keras::lower(*model, {.batch = 32});
  EXPECT_TRUE(run_pipeline(*module));
  return std::move(*module);
}

TEST(Tutorial, TrainsInFewKernels) {
  const ir::Module module = planned_tutorial();
  const ir::Function& step = *module.function("train_step");
  std::map<std::string, int> kinds;
  for (const auto& op : step.body.ops()) ++kinds[op->get<std::string>("kind")];
  // Two forward products, one backward, two weight gradients with Adam as their epilogue.
  EXPECT_EQ(kinds["contraction"], 5);
  EXPECT_LE(step.body.ops().size(), 8u);
}

TEST(Tutorial, WeightsAreUpdatedInPlace) {
  const ir::Module module = planned_tutorial();
  std::set<std::string> written;
  for (const auto& op : module.function("train_step")->body.ops()) {
    if (op->get<std::string>("kind") != "contraction") continue;
    for (const ir::Placement& buffer : op->get<ir::Placements>("buffers"))
      written.insert(buffer.to_string());
  }
  EXPECT_TRUE(written.contains("state:dense/kernel"));
  EXPECT_TRUE(written.contains("state:optimizer/dense/kernel/momentum"));
  EXPECT_TRUE(written.contains("state:dense_1/kernel"));
}

TEST(Tutorial, ArenaIsAtItsLowerBound) {
  const ir::Module module = planned_tutorial();
  for (const auto& function : module.functions) {
    EXPECT_EQ(std::get<int64_t>(function->attributes.at("arena_bytes")),
              std::get<int64_t>(function->attributes.at("arena_lower_bound")))
        << describe_memory_plan(*function);
  }
}

/// A recurrent layer's training step through all passes, on real memory, and what it gives without
/// them.
void expect_same_when_planned(const Recurrence& recurrence) {
  const std::vector<ir::Type> types = recurrence.types(ir::ElementType::f64);
  ir::Module before = module_of(types, recurrence.formula);
  ASSERT_TRUE(differentiate(before));
  ir::Module after = ir::clone(before);
  const Status status = run_pipeline(after);
  ASSERT_TRUE(status) << status.error().to_string();
  std::mt19937_64 random(5);
  std::map<std::string, ir::Literal> inputs;
  for (size_t i = 0; i < types.size(); ++i)
    inputs[fmt::format("x{}", i)] = random_literal(types[i], -1, 1, random);
  ir::Environment none;
  const auto expected = ir::interpret(*before.functions[0], none, inputs);
  const auto actual = run_planned(after, *after.functions[0], none, inputs);
  for (const auto& [name, literal] : expected) {
    for (int64_t i = 0; i < literal.type().count(); ++i)
      ASSERT_NEAR(literal.get(i), actual.at(name).get(i), 1e-12) << name << "\n"
                                                                 << ir::print(after);
  }
}

TEST(PlannedScans, KeepTheirMeaning) {
  expect_same_when_planned(lstm(3, 2, 3, 2));
  expect_same_when_planned(with_gradients(lstm(3, 2, 3, 2)));
  expect_same_when_planned(with_gradients(simple_rnn(true, false)));
  expect_same_when_planned(with_gradients(simple_rnn(false, true)));
}

/// Carries that change places: neither may be written before both are read.
TEST(PlannedScans, SwapTheirCarries) {
  const Recurrence fibonacci = {
      [](ir::Builder& builder, const std::vector<ir::Tensor>& x) {
        const ir::ScanResults results = ir::scan(
            builder, {{x[0], x[1]}, {}, {}}, 5, false, [](ir::Builder&, const ir::ScanInputs& in) {
              return ir::ScanResults{{in.carries[1], in.carries[0] + in.carries[1]},
                                     {in.carries[0]}};
            });
        return std::vector<ir::Tensor>{results.carries[0], results.carries[1], results.outputs[0]};
      },
      {{3}, {3}}};
  expect_same_when_planned(fibonacci);
  const Recurrence swap = {[](ir::Builder& builder, const std::vector<ir::Tensor>& x) {
                             const ir::ScanResults results = ir::scan(
                                 builder, {{x[0], x[1]}, {}, {}}, 3, false,
                                 [](ir::Builder&, const ir::ScanInputs& in) {
                                   return ir::ScanResults{{in.carries[1], in.carries[0]}, {}};
                                 });
                             return std::vector<ir::Tensor>{results.carries[0], results.carries[1]};
                           },
                           {{3}, {3}}};
  expect_same_when_planned(swap);
}

TEST(PlannedScans, NestInEachOther) {
  expect_same_when_planned(nested_scans());
  expect_same_when_planned(with_gradients(nested_scans()));
}

TEST(InPlace, NotOverAnOperandThatIsReadElsewhere) {
  ir::Module module = module_of(
      {{ir::ElementType::f32, {4, 4}}}, [](ir::Builder&, const std::vector<ir::Tensor>& x) {
        return std::vector<ir::Tensor>{ir::transpose(x[0], {1, 0}) + x[0]};
      });
  ASSERT_TRUE(fuse(module));
  EXPECT_FALSE(InPlaceWrites().allowed(*module.functions[0]->body.ops()[0], 0, 0));
}

TEST(InPlace, OverAnOperandThatIsReadAtTheSameElement) {
  ir::Module module = module_of({{ir::ElementType::f32, {4, 4}}},
                                [](ir::Builder&, const std::vector<ir::Tensor>& x) {
                                  return std::vector<ir::Tensor>{ir::exp(x[0]) + x[0]};
                                });
  ASSERT_TRUE(fuse(module));
  EXPECT_TRUE(InPlaceWrites().allowed(*module.functions[0]->body.ops()[0], 0, 0));
}

}  // namespace
}  // namespace kiln::passes
