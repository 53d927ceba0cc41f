// Which groups of ops can be one, against a reference that searches all paths.
#include "passes/fusion/fusion_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "ir/builder.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// A function whose op i reads at most two of those before it, reads[i].
ir::Module with_reads(const std::vector<std::vector<size_t>>& reads) {
  ir::Module module;
  ir::Function& function = module.add_function("f");
  ir::Builder builder(function.body);
  const ir::Type type{ir::ElementType::f32, {4}};
  const ir::Tensor x = builder.wrap(function.add_argument(type, ir::Binding::plain("x")));
  std::vector<ir::Tensor> values;
  for (const auto& each : reads) {
    const ir::Tensor first = each.empty() ? x : values[each[0]];
    values.push_back(each.size() < 2 ? -first : first + values[each[1]]);
  }
  function.add_result(values.back().value, ir::Binding::plain("y"));
  return module;
}

/// Groups as sets of numbers, and paths looked for without cleverness.
class Reference {
 public:
  explicit Reference(const std::vector<std::vector<size_t>>& reads) : reads_(reads) {
    group_.resize(reads.size());
    std::iota(group_.begin(), group_.end(), size_t{0});
  }

  Group group_of(size_t op) const { return group_[op]; }
  bool can_merge(Group a, Group b) const { return a != b && !detours(a, b) && !detours(b, a); }
  void merge(Group a, Group b) { std::replace(group_.begin(), group_.end(), b, a); }

  /// Whether a path leads from one group to the other.
  bool reaches(Group from, Group to) const {
    std::vector<bool> reached(group_.size(), false);
    for (size_t round = 0; round < group_.size(); ++round) {
      for (size_t op = 0; op < reads_.size(); ++op) {
        for (size_t source : reads_[op]) {
          const bool starts = group_[source] == from || reached[group_[source]];
          if (starts && group_[op] != group_[source]) reached[group_[op]] = true;
        }
      }
    }
    return reached[to];
  }

 private:
  /// Whether a path leads from one to the other through a third.
  bool detours(Group from, Group to) const {
    for (size_t op = 0; op < reads_.size(); ++op) {
      for (size_t source : reads_[op]) {
        const Group next = group_[op];
        if (group_[source] == from && next != from && next != to && reaches(next, to)) return true;
      }
    }
    return false;
  }

  const std::vector<std::vector<size_t>>& reads_;
  std::vector<Group> group_;
};

std::vector<std::vector<size_t>> random_reads(size_t ops, size_t span, std::mt19937_64& random) {
  std::vector<std::vector<size_t>> reads(ops);
  for (size_t op = 1; op < ops; ++op) {
    for (size_t count = random() % 3; count > 0; --count)
      reads[op].push_back(op - 1 - random() % std::min(op, span));
  }
  return reads;
}

/// Each group once, behind all it reads.
void expect_sorted(const FusionGroups& groups) {
  std::vector<size_t> place(groups.ops().size(), groups.ops().size());
  const std::vector<Group> sorted = groups.sorted_groups();
  for (size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_EQ(place[sorted[i]], groups.ops().size()) << "twice: " << sorted[i];
    place[sorted[i]] = i;
  }
  for (size_t op = 0; op < groups.ops().size(); ++op) {
    for (size_t source : groups.sources(op)) {
      const Group from = groups.group_of(source), to = groups.group_of(op);
      EXPECT_TRUE(from == to || place[from] < place[to]) << from << ", " << to;
    }
  }
}

TEST(FusionGroups, APathThroughAThirdForbidsMerging) {
  const ir::Module module = with_reads({{}, {0}, {0, 1}, {2}});
  FusionGroups groups(module.functions[0]->body);
  EXPECT_FALSE(groups.can_merge(0, 2));
  EXPECT_FALSE(groups.can_merge(2, 0));
  EXPECT_FALSE(groups.merge(0, 3));
  EXPECT_TRUE(groups.can_merge(0, 1));
  EXPECT_TRUE(groups.can_merge(3, 2));
  EXPECT_FALSE(groups.can_merge(1, 1));
}

TEST(FusionGroups, OnceTheThirdIsPartOfOneTheyCanMerge) {
  const ir::Module module = with_reads({{}, {0}, {0, 1}});
  FusionGroups groups(module.functions[0]->body);
  ASSERT_TRUE(groups.merge(1, 0));
  EXPECT_EQ(groups.group_of(size_t{0}), 1u);
  EXPECT_TRUE(groups.merge(1, 2));
  EXPECT_EQ(groups.sorted_members(1), groups.ops());
  EXPECT_EQ(groups.sorted_groups(), std::vector<Group>{1});
}

/// 0 -> 1 and 2 -> 3: merged crosswise, they would depend on each other.
TEST(FusionGroups, AMergeCanForbidAnother) {
  const ir::Module module = with_reads({{}, {0}, {}, {2}, {1, 3}});
  FusionGroups groups(module.functions[0]->body);
  EXPECT_TRUE(groups.can_merge(1, 2));
  ASSERT_TRUE(groups.merge(0, 3));
  EXPECT_FALSE(groups.can_merge(1, 2));
  EXPECT_TRUE(groups.is_before(2, 0));
  EXPECT_TRUE(groups.is_before(0, 1));
  expect_sorted(groups);
}

class RandomGraphs : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomGraphs, MergeWhatTheReferenceMerges) {
  std::mt19937_64 random(GetParam());
  const size_t ops = 5 + random() % 30;
  const auto reads = random_reads(ops, 1 + random() % ops, random);
  const ir::Module module = with_reads(reads);
  FusionGroups groups(module.functions[0]->body);
  Reference reference(reads);
  for (size_t attempt = 0; attempt < 4 * ops; ++attempt) {
    const Group a = reference.group_of(random() % ops), b = reference.group_of(random() % ops);
    const bool can = reference.can_merge(a, b);
    ASSERT_EQ(groups.can_merge(a, b), can) << "seed " << GetParam() << ": " << a << ", " << b;
    if (random() % 3 > 0) continue;
    ASSERT_EQ(groups.merge(a, b), can);
    if (can) reference.merge(a, b);
  }
  for (size_t op = 0; op < ops; ++op) {
    ASSERT_EQ(groups.group_of(op), reference.group_of(op));
    for (size_t other = 0; other < ops; ++other) {
      const Group from = groups.group_of(op), to = groups.group_of(other);
      EXPECT_TRUE(from == to || !reference.reaches(from, to) || groups.is_before(from, to));
    }
  }
  expect_sorted(groups);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs, ::testing::Range(uint64_t{1}, uint64_t{101}));

std::vector<size_t> in_order(const MovableOrder& order, size_t size) {
  std::vector<size_t> elements(size);
  std::iota(elements.begin(), elements.end(), size_t{0});
  std::sort(elements.begin(), elements.end(),
            [&](size_t a, size_t b) { return order.is_before(a, b); });
  return elements;
}

/// Labels run out at places where much is put: first, last, and beside one element.
TEST(MovableOrder, MovesAsAListDoes) {
  constexpr size_t kSize = 500;
  std::mt19937_64 random(7);
  MovableOrder order(kSize);
  std::vector<size_t> expected = in_order(order, kSize);
  for (size_t step = 0; step < 20000; ++step) {
    const size_t element = random() % kSize;
    const size_t favourites[] = {random() % kSize, 3, expected.front(), expected.back()};
    const size_t other = favourites[step / 1000 % 4];
    if (element == other) continue;
    const bool behind = step / 4000 % 2 == 0;
    std::erase(expected, element);
    const auto place = std::find(expected.begin(), expected.end(), other);
    expected.insert(behind ? place + 1 : place, element);
    if (behind) {
      order.move_behind(element, other);
    } else {
      order.move_before(element, other);
    }
    if (step % 100 != 0) continue;
    ASSERT_EQ(in_order(order, kSize), expected) << "step " << step;
  }
  EXPECT_EQ(in_order(order, kSize), expected);
}

}  // namespace
}  // namespace kiln::passes
