#include "passes/fusion/fusion_groups.h"

#include <algorithm>
#include <numeric>

namespace kiln::passes {
namespace {

bool is_read_by_scan(const ir::Value& value) {
  const std::vector<ir::Op*> users = value.users();
  return std::any_of(users.begin(), users.end(),
                     [](const ir::Op* user) { return user->is("scan"); });
}

/// Whether some result of the op must be in memory.
bool must_be_stored(const ir::Op& op) {
  for (size_t i = 0; i < op.result_count(); ++i) {
    const ir::Value& result = *op.result(i);
    if (result.is_returned() || (!is_addressable(result) && is_read_by_scan(result))) return true;
  }
  return false;
}

}  // namespace

FusionGroups::FusionGroups(const ir::Region& region) {
  for (const auto& op : region.ops()) {
    const bool is_stored = must_be_stored(*op);
    if (is_free(*op) && !is_stored) continue;
    const size_t number = ops_.size();
    number_[op.get()] = number;
    ops_.push_back(op.get());
    stored_.push_back(is_stored);
    users_.emplace_back();
    sources_.emplace_back();
    for (const ir::Value* operand : op->operands()) link(number, operand);
  }
  group_.resize(ops_.size());
  std::iota(group_.begin(), group_.end(), size_t{0});
  for (uint32_t i = 0; i < ops_.size(); ++i) members_.push_back({i});
  neighbours_[kBackwards] = sources_;
  neighbours_[kForwards] = users_;
  order_ = MovableOrder(ops_.size());
  seen_by_.resize(ops_.size());
  listed_by_.resize(ops_.size());
}

void FusionGroups::link(size_t user, const ir::Value* value) {
  if (value->op() == nullptr) return;
  const auto found = number_.find(value->op());
  if (found == number_.end()) {
    for (const ir::Value* operand : value->op()->operands()) link(user, operand);
    return;
  }
  // All links of one user are made before those of the next.
  std::vector<uint32_t>& users = users_[found->second];
  if (!users.empty() && users.back() == user) return;
  users.push_back(static_cast<uint32_t>(user));
  sources_[user].push_back(static_cast<uint32_t>(found->second));
}

FusionGroups::Group FusionGroups::group_of(const ir::Op* op) const {
  const auto found = number_.find(op);
  return found == number_.end() ? kNone : group_[found->second];
}

std::vector<ir::Op*> FusionGroups::sorted_members(Group group) const {
  std::vector<uint32_t> numbers = members_[group];
  std::sort(numbers.begin(), numbers.end());
  std::vector<ir::Op*> sorted;
  for (uint32_t number : numbers) sorted.push_back(ops_[number]);
  return sorted;
}

std::span<const uint32_t> FusionGroups::neighbours(Group group, Direction direction) {
  Neighbours& list = neighbours_[direction][group];
  ++listing_;
  std::erase_if(list, [&](uint32_t& op) {
    const Group neighbour = group_[op];
    if (neighbour == group || listed_by_[neighbour] == listing_) return true;
    listed_by_[neighbour] = listing_;
    op = static_cast<uint32_t>(neighbour);
    return false;
  });
  return list;
}

size_t FusionGroups::cost_of_step(const Search& search) const {
  return search.cost + neighbours_[search.direction][search.found[search.next]].size();
}

/// Looks at the neighbours of one group. True if a path leads through it from one end to the other.
bool FusionGroups::step(Search& search) {
  const Group group = search.found[search.next++];
  const bool is_start = search.next == 1;
  const uint32_t mark = search_ + search.direction;
  const uint32_t other_mark = search_ + 1 - search.direction;
  const std::span<const uint32_t> all = neighbours(group, search.direction);
  search.cost += all.size() + 1;
  for (const Group neighbour : all) {
    if (neighbour == search.goal) {
      if (is_start) continue;
      return true;
    }
    const bool is_between = search.direction == kForwards ? is_before(neighbour, search.goal)
                                                          : is_before(search.goal, neighbour);
    if (!is_between || seen_by_[neighbour] == mark) continue;
    if (seen_by_[neighbour] == other_mark) return true;
    seen_by_[neighbour] = mark;
    search.found.push_back(neighbour);
  }
  return false;
}

/// Searches from both ends, the cheaper step first, until one has nothing left to look at: that
/// search. Nothing if a path leads from `first` to `last` through a third.
std::optional<FusionGroups::Search> FusionGroups::search_between(Group first, Group last) {
  search_ += 2;
  Search forwards{kForwards, last, {first}};
  Search backwards{kBackwards, first, {last}};
  while (!forwards.is_complete() && !backwards.is_complete()) {
    Search& cheaper = cost_of_step(forwards) < cost_of_step(backwards) ? forwards : backwards;
    if (step(cheaper)) return {};
  }
  return forwards.is_complete() ? std::move(forwards) : std::move(backwards);
}

bool FusionGroups::can_merge(Group a, Group b) {
  return a != b && search_between(is_before(a, b) ? a : b, is_before(a, b) ? b : a).has_value();
}

bool FusionGroups::merge(Group a, Group b) {
  if (a == b) return false;
  const Group first = is_before(a, b) ? a : b;
  const Group last = is_before(a, b) ? b : a;
  std::optional<Search> search = search_between(first, last);
  if (!search) return false;
  const Group place = search->goal;
  move_found(*search, place);
  if (place != a) order_.move_behind(a, place);
  order_.remove(b);
  join(a, b);
  return true;
}

/// What was found from one end, in its order, to the other side of the other end.
void FusionGroups::move_found(Search& search, Group other) {
  std::vector<Group>& found = search.found;
  found.erase(found.begin());  // the end itself
  const bool forwards = search.direction == kForwards;
  std::sort(found.begin(), found.end(),
            [&](Group a, Group b) { return forwards ? is_before(a, b) : is_before(b, a); });
  for (Group group : found) {
    if (forwards) {
      order_.move_behind(group, other);
    } else {
      order_.move_before(group, other);
    }
    other = group;
  }
}

void FusionGroups::join(Group a, Group b) {
  for (uint32_t op : members_[b]) group_[op] = a;
  auto append = [](std::vector<uint32_t>& to, std::vector<uint32_t>& from) {
    if (to.size() < from.size()) to.swap(from);
    to.insert(to.end(), from.begin(), from.end());
    from = {};
  };
  append(members_[a], members_[b]);
  for (auto& lists : neighbours_) append(lists[a], lists[b]);
}

/// In the order of the ops that are read.
std::vector<FusionGroups::Group> FusionGroups::groups_read_by(Group group) const {
  std::vector<uint32_t> read;
  for (uint32_t member : members_[group]) {
    for (uint32_t source : sources_[member]) {
      if (group_[source] != group) read.push_back(source);
    }
  }
  std::sort(read.begin(), read.end());
  std::vector<Group> groups;
  for (uint32_t op : read) groups.push_back(group_[op]);
  return groups;
}

std::vector<FusionGroups::Group> FusionGroups::sorted_groups() const {
  struct Visit {
    Group group;
    std::vector<Group> read;
    size_t next = 0;
  };
  std::vector<Group> sorted;
  std::vector<bool> seen(ops_.size(), false);
  std::vector<Visit> visits;
  auto visit = [&](Group group) {
    if (seen[group]) return;
    seen[group] = true;
    visits.push_back({group, groups_read_by(group)});
  };
  for (Group group : group_) {
    visit(group);
    while (!visits.empty()) {
      Visit& top = visits.back();
      if (top.next < top.read.size()) {
        visit(top.read[top.next++]);
      } else {
        sorted.push_back(top.group);
        visits.pop_back();
      }
    }
  }
  return sorted;
}

}  // namespace kiln::passes
