#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/module.h"

namespace kiln::ir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Type kVector{ElementType::f32, {2}};

/// f(x) with ops of the test's own.
struct Fixture {
  Module module;
  Region& body;
  Builder builder;
  Tensor x;

  Fixture() : body(module.add_function("f").body), builder(body) {
    x = builder.wrap(body.add_argument(kVector));
  }
};

TEST(Uses, AnOpIsAUserOnceHoweverOftenItReads) {
  Fixture f;
  EXPECT_FALSE(f.x.value->has_uses());
  const Tensor square = f.x * f.x;
  const Tensor root = sqrt(f.x);
  EXPECT_EQ(f.x.value->use_count(), 3u);
  EXPECT_THAT(f.x.value->users(), ElementsAre(square.value->op(), root.value->op()));
  EXPECT_FALSE(square.value->op()->is_used());
}

TEST(Uses, ARegionsResultsAreUsesWithoutAUser) {
  Fixture f;
  const Tensor y = exp(f.x);
  f.body.set_results({y.value, f.x.value, y.value});
  EXPECT_EQ(y.value->use_count(), 2u);
  EXPECT_THAT(y.value->users(), IsEmpty());
  EXPECT_TRUE(y.value->is_returned());
  EXPECT_TRUE(y.value->op()->is_used());
  f.body.remove_result(0);
  EXPECT_THAT(f.body.results(), ElementsAre(f.x.value, y.value));
  EXPECT_EQ(y.value->use_count(), 1u);
  f.body.set_results({});
  EXPECT_FALSE(y.value->is_returned());
  EXPECT_FALSE(y.value->has_uses());
}

TEST(Uses, ReplacingReachesOperandsAndResults) {
  Fixture f;
  const Tensor y = exp(f.x);
  Op* product = (y * y).value->op();
  f.body.set_results({y.value});
  y.value->replace_all_uses_with(f.x.value);
  EXPECT_FALSE(y.value->has_uses());
  EXPECT_THAT(product->operands(), ElementsAre(f.x.value, f.x.value));
  EXPECT_THAT(f.body.results(), ElementsAre(f.x.value));
  EXPECT_EQ(f.x.value->use_count(), 4u);
  EXPECT_THAT(f.x.value->users(), ElementsAre(y.value->op(), product));
}

TEST(Uses, FollowOperandsThatChange) {
  Fixture f;
  const Tensor y = exp(f.x);
  Op* sum = (y + f.x).value->op();
  sum->set_operand(0, f.x.value);
  EXPECT_FALSE(y.value->has_uses());
  sum->set_operands({y.value});
  EXPECT_THAT(y.value->users(), ElementsAre(sum));
  EXPECT_THAT(f.x.value->users(), ElementsAre(y.value->op()));
}

TEST(Uses, EndWithTheOpWhateverGoesFirst) {
  Fixture f;
  exp(tanh(f.x));
  std::vector<std::unique_ptr<Op>> ops = f.body.take_ops();
  EXPECT_TRUE(f.x.value->has_uses());
  ops[0].reset();  // what the other one reads
  EXPECT_FALSE(f.x.value->has_uses());
  EXPECT_EQ(ops[1]->operand(0), nullptr);
}

TEST(Uses, UnusedOpsGoWithWhatTheyAloneRead) {
  Fixture f;
  const Tensor kept = exp(f.x);
  tanh(sqrt(kept));
  f.body.set_results({kept.value});
  std::vector<const Op*> seen;
  EXPECT_TRUE(f.body.erase_unused_ops([&](Op& op) { seen.push_back(&op); }));
  EXPECT_THAT(seen, ElementsAre(kept.value->op()));
  EXPECT_EQ(f.body.ops().size(), 1u);
  EXPECT_FALSE(f.body.erase_unused_ops([](Op&) {}));
}

TEST(Uses, ResultsMoveUpWhenOneIsRemoved) {
  Fixture f;
  Op* op = exp(f.x).value->op();
  op->add_result(kVector);
  Value* second = op->result(1);
  op->remove_result(0);
  EXPECT_EQ(op->result(0), second);
  EXPECT_EQ(second->index(), 0);
}

}  // namespace
}  // namespace kiln::ir
