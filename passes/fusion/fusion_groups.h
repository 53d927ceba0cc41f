// A partition of a region's ops into groups, each of which may become one kernel: no group depends
// on itself through another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ir/module.h"
#include "passes/free_ops.h"
#include "passes/fusion/movable_order.h"

namespace kiln::passes {

/// Ops that are not free, or must be in memory, in program order, each in one group (at first, its
/// own). A dependence through free ops counts as direct. Ops are numbered by their place in ops();
/// a group bears the number of one of its ops.
///
/// Groups are kept in a topological order, so that a path from one to another is looked for among
/// those between the two alone, from both ends at once. Merging two moves what lies between them
/// and was found on the side that came to its end: Bender, Fineman, Gilbert, Tarjan, "A New
/// Approach to Incremental Cycle Detection and Related Problems" (2016), section 2; the window is
/// that of Pearce and Kelly, "A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs"
/// (2007).
class FusionGroups {
 public:
  using Group = size_t;
  static constexpr Group kNone = static_cast<Group>(-1);

  explicit FusionGroups(const ir::Region& region);

  /// Every op that is in a group, in program order.
  const std::vector<ir::Op*>& ops() const { return ops_; }
  /// The op's group; kNone where it is in none.
  Group group_of(const ir::Op* op) const;
  Group group_of(size_t op) const { return group_[op]; }
  /// Ops that read the op's results, and ops whose results it reads: each once.
  std::span<const uint32_t> users(size_t op) const { return users_[op]; }
  std::span<const uint32_t> sources(size_t op) const { return sources_[op]; }
  /// Whether a result of the op must be in memory: the region returns it, or a scan reads it.
  bool is_stored(size_t op) const { return stored_[op]; }

  /// The ops of a group, in no order.
  std::span<const uint32_t> members(Group group) const { return members_[group]; }
  /// The same in program order.
  std::vector<ir::Op*> sorted_members(Group group) const;

  /// Whether the two can be one: no path leads from one to the other through a third.
  bool can_merge(Group a, Group b);
  /// Makes them one if they can be, which bears the number of `a`. Takes longer for a `b` with more
  /// members.
  bool merge(Group a, Group b);
  /// Of two groups that a path connects, whether it leads from `a` to `b`.
  bool is_before(Group a, Group b) const { return order_.is_before(a, b); }

  /// Groups so that each comes after the groups it reads, otherwise by their first op.
  std::vector<Group> sorted_groups() const;

 private:
  enum Direction { kBackwards, kForwards };
  /// What a group reads or is read by, by number of one op of each; what has become part of the
  /// group itself, or is named twice, goes when the list is next read.
  using Neighbours = std::vector<uint32_t>;
  /// A search between two groups from one of them.
  struct Search {
    Direction direction;
    Group goal;
    std::vector<Group> found;  ///< from where it starts on
    size_t next = 0;           ///< of those found, the first whose neighbours haven't been seen
    size_t cost = 0;           ///< neighbours seen
    bool is_complete() const { return next == found.size(); }
  };

  void link(size_t user, const ir::Value* value);
  std::optional<Search> search_between(Group first, Group last);
  size_t cost_of_step(const Search& search) const;
  bool step(Search& search);
  std::span<const uint32_t> neighbours(Group group, Direction direction);
  void move_found(Search& search, Group other);
  void join(Group a, Group b);
  std::vector<Group> groups_read_by(Group group) const;

  std::vector<ir::Op*> ops_;
  std::unordered_map<const ir::Op*, size_t> number_;
  std::vector<bool> stored_;
  std::vector<std::vector<uint32_t>> users_, sources_;

  std::vector<Group> group_;
  std::vector<std::vector<uint32_t>> members_;
  std::vector<Neighbours> neighbours_[2];
  MovableOrder order_{0};
  /// Which search saw a group last: marks go up by two, one for each direction.
  std::vector<uint32_t> seen_by_;
  uint32_t search_ = 0;
  std::vector<uint32_t> listed_by_;
  uint32_t listing_ = 0;
};

}  // namespace kiln::passes
