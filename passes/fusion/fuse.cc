#include "passes/fusion/fuse.h"

#include <algorithm>
#include <functional>
#include <set>

#include "ir/cloner.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/indexing.h"
#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/merge_pointwise.h"
#include "passes/fusion/merge_serial.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// A dot_general or convolution of this many operations is a kernel of its own: several
/// microseconds of one core.
constexpr int64_t kLargeContraction = 128 * 1024;
/// Elements that make a reduce or an elementwise op large.
constexpr int64_t kLargeTensor = 16 * 1024;

bool is_elementwise(const ir::Op& op) { return op.is(ir::OpClass::elementwise); }

/// A dot_general that the contraction template takes: large, with rows and columns.
bool is_large_contraction(const ir::Op& op) {
  return op.is("dot_general") && operation_count(op) >= kLargeContraction &&
         has_rows_and_columns(op);
}

bool is_large_convolution(const ir::Op& op) {
  return op.is("convolution") && operation_count(op) >= kLargeContraction;
}

/// An op whose result elements are computed one by one, each from few operand elements.
bool is_pointwise(const ir::Op& op) { return is_elementwise(op) || op.is(ir::OpClass::movement); }

/// A scatter that the scatter template takes: large, of rows that lie together in memory.
bool is_large_scatter(const ir::Op& op) {
  if (!op.is("scatter") || operation_count(op) < kLargeTensor) return false;
  const ir::Integers indexed = ir::GatherDimensions::of(op).collapsed_slice;
  return !indexed.empty() && indexed.back() != op.result()->type().rank() - 1;
}

bool is_large_reduction(const ir::Op& op) {
  return op.is("reduce") && op.operand(0)->type().count() >= kLargeTensor;
}

bool is_large_window(const ir::Op& op) {
  return op.definition().facts.has_window && op.operand(0)->type().count() >= kLargeTensor;
}

/// The kind of the fusion that the op is the root of; none where it has to join others.
std::string_view kind_of_root(const ir::Op& op) {
  if (is_large_contraction(op)) return "contraction";
  if (is_large_convolution(op)) return "convolution";
  if (is_large_reduction(op)) return "reduction";
  if (is_large_window(op)) return "window";
  if (is_large_scatter(op)) return "scatter";
  return op.is("scan") ? kScan : "";
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
      if (roots[group] == "reduction") absorb_producers(group);
    }
    for (Group group = 0; group < roots.size(); ++group) {
      if (!roots[group].empty() && roots[group] != kScan) absorb_consumers(group);
    }
    for (Group group = 0; group < roots.size(); ++group) {
      if (!roots[group].empty() && roots[group] != "reduction" && roots[group] != kScan)
        absorb_producers(group);
    }
    for (size_t op = 0; op < kinds_.size(); ++op) {
      if (is_pointwise(*groups_.ops()[op]) && count_of(op) >= kLargeTensor && is_alone(op))
        kinds_[op] = "pointwise";
    }
    merge_pointwise(groups_, kinds_, kLargeTensor);
    merge_serial(groups_, kinds_);
    outline(region_, groups_, kinds_);
  }

 private:
  const ir::Shape& shape_of(size_t op) const { return groups_.ops()[op]->result()->type().shape; }
  int64_t count_of(size_t op) const { return groups_.ops()[op]->result()->type().count(); }
  bool is_alone(size_t op) const { return kinds_[groups_.group_of(op)].empty(); }

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
    const bool reduces = kinds_[group] == "reduction";
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
