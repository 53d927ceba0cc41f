// A partition of a region's ops into groups, each of which may become one kernel: no group depends
// on itself through another.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/module.h"
#include "passes/free_ops.h"

namespace kiln::passes {

/// Ops that are not free, or must be in memory, in program order, each in one group (at first, its
/// own). A dependence through free ops counts as direct.
class FusionGroups {
 public:
  using Group = size_t;
  static constexpr Group kNone = static_cast<Group>(-1);

  explicit FusionGroups(const ir::Region& region);

  /// Every op that is in a group, in program order.
  const std::vector<ir::Op*>& ops() const { return ops_; }
  Group group_of(const ir::Op* op) const;
  const std::vector<ir::Op*>& members(Group group) const { return members_[group]; }
  /// Ops outside the group that read its results.
  std::vector<ir::Op*> readers(Group group) const;
  /// Ops outside the group whose results it reads.
  std::vector<ir::Op*> sources(Group group) const;
  /// Ops that read the op's results.
  const std::vector<ir::Op*>& users(const ir::Op* op) const { return users_.at(op); }
  /// Whether a result of the op must be in memory: the region returns it, or a scan reads it.
  bool is_stored(const ir::Op* op) const { return stored_.contains(op); }

  /// Whether the two can be one: no path leads from one to the other through a third.
  bool can_merge(Group a, Group b) const;
  /// Makes them one; the result bears the number of `a`.
  void merge(Group a, Group b);
  /// Groups that still have members, by their first op.
  std::vector<Group> groups() const;
  /// The same so that each comes after the groups it reads.
  std::vector<Group> sorted_groups() const;

 private:
  void link(ir::Op* user, const ir::Value* value);
  bool reaches(Group from, Group to, Group around) const;
  std::vector<Group> successors(Group group) const;

  std::vector<ir::Op*> ops_;
  std::unordered_map<const ir::Op*, size_t> position_;
  std::unordered_map<const ir::Op*, Group> group_;
  std::vector<std::vector<ir::Op*>> members_;
  std::unordered_map<const ir::Op*, std::vector<ir::Op*>> users_;
  std::unordered_map<const ir::Op*, std::vector<ir::Op*>> sources_;
  std::unordered_set<const ir::Op*> stored_;
};

}  // namespace kiln::passes
