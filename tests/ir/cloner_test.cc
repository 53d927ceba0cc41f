#include "ir/cloner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.h"

namespace kiln::ir {
namespace {

using testing::ElementsAre;

const Type kVector{ElementType::f32, {2}};

/// tanh(exp(x)) * x in one region, and another to copy it to.
struct Fixture {
  Region from, to;
  Builder builder{from, "model/layer"};
  Tensor x = builder.wrap(from.add_argument(kVector));
  Tensor inner = exp(x);
  Tensor outer = tanh(inner) * x;
  Value* other = to.add_argument(kVector);
  Cloner cloner{to};

  std::vector<std::string> copied() const {
    std::vector<std::string> names;
    for (const auto& op : to.ops()) names.emplace_back(op->name());
    return names;
  }
};

TEST(Cloner, ReadsWhatStandsForTheOperands) {
  Fixture f;
  f.cloner.map(f.x.value, f.other);
  const Op* copy = f.cloner.copy(*f.inner.value->op());
  EXPECT_EQ(copy->operand(0), f.other);
  EXPECT_EQ(copy->location(), "model/layer");
  EXPECT_EQ(f.cloner.at(f.inner.value), copy->result());
  EXPECT_EQ(f.cloner.find(f.outer.value), nullptr);
}

TEST(Cloner, CopiesSourcesOnceInTheirOrder) {
  Fixture f;
  f.cloner.map(f.x.value, f.other);
  Value* copy = f.cloner.copy_with_sources(f.outer.value);
  EXPECT_THAT(f.copied(), ElementsAre("exponential", "tanh", "multiply"));
  EXPECT_EQ(f.cloner.copy_with_sources(f.outer.value), copy);
  EXPECT_EQ(f.to.ops().size(), 3u);
}

TEST(Cloner, StopsAtWhatIsKnown) {
  Fixture f;
  f.cloner.map(f.x.value, f.other);
  f.cloner.map(f.inner.value, f.other);
  f.cloner.copy_with_sources(f.outer.value);
  EXPECT_THAT(f.copied(), ElementsAre("tanh", "multiply"));
  EXPECT_EQ(f.other->use_count(), 2u);
}

TEST(ClonerDeathTest, AnArgumentThatNothingStandsForIsABug) {
  Fixture f;
  EXPECT_DEATH(f.cloner.copy_with_sources(f.outer.value), "nothing stands for an argument");
}

}  // namespace
}  // namespace kiln::ir
