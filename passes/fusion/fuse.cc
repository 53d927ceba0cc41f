#include "passes/fusion/fuse.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "ir/cloner.h"
#include "ir/ops/definition.h"
#include "ir/ops/fusion.h"
#include "passes/fusion/cost.h"
#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/merge_pointwise.h"
#include "passes/fusion/merge_serial.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;
using ir::FusionKind;

bool is_elementwise(const ir::Op& op) { return op.is(ir::OpClass::elementwise); }

/// Whether the op deserves a kernel of that kind.
bool deserves(FusionKind kind, const ir::Op& op) { return accepts(kind, op) && is_large(kind, op); }

/// The kind of the fusion that the op is the root of; nothing where it has to join others.
std::optional<FusionKind> kind_of_root(const ir::Op& op) {
  for (FusionKind kind : ir::kFusionKinds) {
    if (has_root(kind) && deserves(kind, op)) return kind;
  }
  return {};
}

/// A group that has a kind bears the number of its root.
class Fuser {
 public:
  explicit Fuser(ir::Region& region)
      : region_(region), groups_(region), kinds_(groups_.ops().size()) {}

  void run() {
    for (size_t op = 0; op < kinds_.size(); ++op) kinds_[op] = kind_of_root(*groups_.ops()[op]);
    const FusionKinds roots = kinds_;
    for (Group group = 0; group < roots.size(); ++group) {
      if (roots[group] == FusionKind::reduction) absorb_producers(group);
    }
    for (Group group = 0; group < roots.size(); ++group) {
      if (roots[group]) absorb_consumers(group);
    }
    for (Group group = 0; group < roots.size(); ++group) {
      if (roots[group] && roots[group] != FusionKind::reduction) absorb_producers(group);
    }
    for (size_t op = 0; op < kinds_.size(); ++op) {
      if (deserves(FusionKind::pointwise, *groups_.ops()[op]) && is_alone(op))
        kinds_[op] = FusionKind::pointwise;
    }
    merge_pointwise(groups_, kinds_);
    merge_serial(groups_, kinds_);
    outline(region_, groups_, kinds_);
  }

 private:
  const ir::Shape& shape_of(size_t op) const { return groups_.ops()[op]->result()->type().shape; }
  /// Whether the op is in no kernel yet.
  bool is_alone(size_t op) const { return !kinds_[groups_.group_of(op)]; }

  /// Whether an op is read by reduces alone, which then compute it on the fly.
  bool feeds_reductions_only(size_t op) const {
    const auto users = groups_.users(op);
    return !groups_.is_stored(op) && !users.empty() &&
           std::all_of(users.begin(), users.end(),
                       [&](size_t user) { return groups_.ops()[user]->is("reduce"); });
  }

  /// Elementwise ops of the group's shape that read it become its epilogue. One that a path through
  /// another group leads to can't; since it comes behind all ops on that path, asking in program
  /// order asks each once.
  void absorb_consumers(Group group) {
    std::set<size_t> readers;
    auto add_readers = [&](size_t op) {
      for (size_t user : groups_.users(op)) {
        if (groups_.group_of(user) != group) readers.insert(user);
      }
    };
    for (size_t op : groups_.members(group)) add_readers(op);
    while (!readers.empty()) {
      const size_t reader = readers.extract(readers.begin()).value();
      if (!is_alone(reader) || !is_elementwise(*groups_.ops()[reader])) continue;
      if (shape_of(reader) != shape_of(group) || feeds_reductions_only(reader)) continue;
      if (groups_.merge(group, groups_.group_of(reader))) add_readers(reader);
    }
  }

  /// Whether a group computes an op of another on the fly: a reduce takes in what it sums; the
  /// others, which read their operands many times, what their epilogue alone needs. What is
  /// smaller than the loop it would be in is computed once, outside.
  bool takes_in(Group group, size_t source) const {
    const auto users = groups_.users(source);
    const ir::Op& root = *groups_.ops()[group];
    const bool reduces = kinds_[group] == FusionKind::reduction;
    const ir::Shape& loop = (reduces ? root.operand(0) : root.result())->type().shape;
    if (shape_of(source) != loop) return false;
    return std::all_of(users.begin(), users.end(), [&](size_t user) {
      return groups_.group_of(user) == group && (user != group || reduces);
    });
  }

  /// Elementwise ops that only this group reads are computed as it goes. Each is asked once, behind
  /// all that read it.
  void absorb_producers(Group group) {
    std::set<size_t, std::greater<>> sources;
    auto add_sources = [&](size_t op) {
      for (size_t source : groups_.sources(op)) {
        if (groups_.group_of(source) != group) sources.insert(source);
      }
    };
    for (size_t op : groups_.members(group)) add_sources(op);
    while (!sources.empty()) {
      const size_t source = sources.extract(sources.begin()).value();
      if (!is_alone(source) || !is_elementwise(*groups_.ops()[source])) continue;
      if (groups_.is_stored(source) || !takes_in(group, source)) continue;
      if (groups_.merge(group, groups_.group_of(source))) add_sources(source);
    }
  }

  ir::Region& region_;
  FusionGroups groups_;
  FusionKinds kinds_;
};

ir::Value* append_copy(const ir::Op& op, ir::Region& region) {
  const auto operands = op.operands();
  return ir::copy_op(op, {operands.begin(), operands.end()}, region)->result();
}

/// A free op that a scan reads, or the region returns, gets a copy to itself: the copy is what a
/// kernel writes, while the op's other readers go on computing it on the fly.
void separate_stored_values(ir::Region& body) {
  for (std::unique_ptr<ir::Op>& op : body.take_ops()) {
    for (size_t i = 0; op->is("scan") && i < op->operands().size(); ++i) {
      if (!is_addressable(*op->operand(i)))
        op->set_operand(i, append_copy(*op->operand(i)->op(), body));
    }
    body.append(std::move(op));
  }
  std::vector<ir::Value*> results = body.results();
  for (ir::Value*& result : results) {
    if (result->op() != nullptr && is_free(*result->op()))
      result = append_copy(*result->op(), body);
  }
  body.set_results(std::move(results));
}

/// The bodies of scans first.
void fuse_region(ir::Region& region) {
  for (const auto& op : region.ops()) {
    if (op->is("scan")) fuse_region(op->region());
  }
  separate_stored_values(region);
  Fuser(region).run();
}

}  // namespace

Status fuse(ir::Module& module) {
  for (auto& function : module.functions) fuse_region(function->body);
  return ok();
}

}  // namespace kiln::passes
