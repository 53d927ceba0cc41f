#include "passes/fusion/fusion_groups.h"

#include <algorithm>
#include <functional>
#include <set>

namespace kiln::passes {

FusionGroups::FusionGroups(const ir::Region& region) {
  for (const ir::Value* value : region.results()) {
    if (value->op() != nullptr) stored_.insert(value->op());
  }
  for (const auto& op : region.ops()) {
    if (!op->is("scan")) continue;
    for (const ir::Value* value : op->operands()) {
      if (!is_addressable(*value)) stored_.insert(value->op());
    }
  }
  for (const auto& op : region.ops()) {
    if (is_free(*op) && !stored_.contains(op.get())) continue;
    position_[op.get()] = ops_.size();
    group_[op.get()] = ops_.size();
    members_.push_back({op.get()});
    ops_.push_back(op.get());
    users_[op.get()];
    sources_[op.get()];
    for (const ir::Value* operand : op->operands()) link(op.get(), operand);
  }
}

void FusionGroups::link(ir::Op* user, const ir::Value* value) {
  ir::Op* source = value->op();
  if (source == nullptr) return;
  if (!group_.contains(source)) {
    for (const ir::Value* operand : source->operands()) link(user, operand);
    return;
  }
  auto& users = users_[source];
  if (std::find(users.begin(), users.end(), user) == users.end()) users.push_back(user);
  auto& sources = sources_[user];
  if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
}

FusionGroups::Group FusionGroups::group_of(const ir::Op* op) const {
  auto found = group_.find(op);
  return found == group_.end() ? kNone : found->second;
}

std::vector<ir::Op*> FusionGroups::readers(Group group) const {
  std::vector<ir::Op*> all;
  for (ir::Op* member : members_[group]) {
    for (ir::Op* user : users_.at(member)) {
      if (group_of(user) != group) all.push_back(user);
    }
  }
  std::sort(all.begin(), all.end(),
            [&](auto* a, auto* b) { return position_.at(a) < position_.at(b); });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<ir::Op*> FusionGroups::sources(Group group) const {
  std::vector<ir::Op*> all;
  for (ir::Op* member : members_[group]) {
    for (ir::Op* source : sources_.at(member)) {
      if (group_of(source) != group) all.push_back(source);
    }
  }
  std::sort(all.begin(), all.end(),
            [&](auto* a, auto* b) { return position_.at(a) < position_.at(b); });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<FusionGroups::Group> FusionGroups::successors(Group group) const {
  std::set<Group> all;
  for (ir::Op* reader : readers(group)) all.insert(group_of(reader));
  return {all.begin(), all.end()};
}

/// Whether a path of length two or more leads from `from` to `to`; `around` is that first step to
/// skip.
bool FusionGroups::reaches(Group from, Group to, Group around) const {
  std::vector<bool> seen(members_.size(), false);
  std::vector<Group> stack;
  for (Group next : successors(from)) {
    if (next != around) stack.push_back(next);
  }
  while (!stack.empty()) {
    const Group group = stack.back();
    stack.pop_back();
    if (group == to) return true;
    if (seen[group]) continue;
    seen[group] = true;
    for (Group next : successors(group)) stack.push_back(next);
  }
  return false;
}

bool FusionGroups::can_merge(Group a, Group b) const {
  return a != b && !reaches(a, b, b) && !reaches(b, a, a);
}

void FusionGroups::merge(Group a, Group b) {
  for (ir::Op* op : members_[b]) {
    group_[op] = a;
    members_[a].push_back(op);
  }
  members_[b].clear();
  std::sort(members_[a].begin(), members_[a].end(),
            [&](auto* x, auto* y) { return position_.at(x) < position_.at(y); });
}

std::vector<FusionGroups::Group> FusionGroups::groups() const {
  std::vector<Group> all;
  for (ir::Op* op : ops_) {
    const Group group = group_.at(op);
    if (members_[group].front() == op) all.push_back(group);
  }
  return all;
}

std::vector<FusionGroups::Group> FusionGroups::sorted_groups() const {
  std::vector<Group> sorted;
  std::vector<bool> done(members_.size(), false);
  std::function<void(Group)> visit = [&](Group group) {
    if (done[group]) return;
    done[group] = true;
    for (ir::Op* source : sources(group)) visit(group_.at(source));
    sorted.push_back(group);
  };
  for (Group group : groups()) visit(group);
  return sorted;
}

}  // namespace kiln::passes
