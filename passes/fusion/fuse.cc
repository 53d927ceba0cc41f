#include "passes/fusion/fuse.h"

#include <algorithm>
#include <map>

#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/indexing.h"
#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// A dot_general or convolution of this many operations is a kernel of its own: several
/// microseconds of one core.
constexpr int64_t kLargeContraction = 128 * 1024;
/// Elements that make a reduce or an elementwise op large.
constexpr int64_t kLargeTensor = 16 * 1024;
/// What one serial kernel may do, and how many ops it may have, to keep its compile time short.
constexpr int64_t kSerialWork = 512 * 1024;
constexpr size_t kSerialOps = 160;

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

class Fuser {
 public:
  explicit Fuser(ir::Region& region) : region_(region), groups_(region) {}

  void run() {
    for (ir::Op* op : groups_.ops()) {
      if (is_large_contraction(*op)) start(op, "contraction");
      if (is_large_convolution(*op)) start(op, "convolution");
      if (is_large_reduction(*op)) start(op, "reduction");
      if (is_large_window(*op)) start(op, "window");
      if (is_large_scatter(*op)) start(op, "scatter");
      if (op->is("scan")) start(op, kScan);
    }
    for (auto& [group, kind] : std::map(kinds_)) {
      if (kind == "reduction") absorb_producers(group);
    }
    for (auto& [group, kind] : std::map(kinds_)) {
      if (kind != kScan) absorb_consumers(group);
    }
    for (auto& [group, kind] : std::map(kinds_)) {
      if (kind != "reduction" && kind != kScan) absorb_producers(group);
    }
    for (ir::Op* op : groups_.ops()) {
      if (is_pointwise(*op) && op->result()->type().count() >= kLargeTensor &&
          !kinds_.contains(groups_.group_of(op))) {
        start(op, "pointwise");
      }
    }
    merge_pointwise();
    merge_serial();
    outline(region_, groups_, kinds_);
  }

 private:
  void start(ir::Op* op, const char* kind) { kinds_[groups_.group_of(op)] = kind; }

  /// The op that gives a group its shape.
  const ir::Op* root(Group group) const {
    for (ir::Op* op : groups_.members(group)) {
      if (!is_elementwise(*op)) return op;
    }
    return groups_.members(group).front();
  }

  bool is_alone(const ir::Op* op) const { return !kinds_.contains(groups_.group_of(op)); }

  /// Whether an op is read by reduces alone, which then compute it on the fly.
  bool feeds_reductions_only(const ir::Op* op) const {
    const auto& users = groups_.users(op);
    return !groups_.is_stored(op) && !users.empty() &&
           std::all_of(users.begin(), users.end(),
                       [](const ir::Op* user) { return user->is("reduce"); });
  }

  /// Elementwise ops of the group's shape that read it become its epilogue.
  void absorb_consumers(Group group) {
    const ir::Shape shape = root(group)->result()->type().shape;
    for (bool changed = true; changed;) {
      changed = false;
      for (ir::Op* reader : groups_.readers(group)) {
        if (!is_alone(reader) || !is_elementwise(*reader) ||
            reader->result()->type().shape != shape)
          continue;
        if (feeds_reductions_only(reader) || !groups_.can_merge(group, groups_.group_of(reader)))
          continue;
        groups_.merge(group, groups_.group_of(reader));
        changed = true;
      }
    }
  }

  /// Whether a group computes an op of another on the fly: a reduce takes in what it sums; the
  /// others, which read their operands many times, what their epilogue alone needs. What is
  /// smaller than the loop it would be in is computed once, outside.
  bool takes_in(Group group, const ir::Op* source) const {
    const auto& users = groups_.users(source);
    const ir::Op* root_op = root(group);
    const bool reduces = kinds_.at(group) == "reduction";
    const ir::Shape& loop = (reduces ? root_op->operand(0) : root_op->result())->type().shape;
    if (source->result()->type().shape != loop) return false;
    return std::all_of(users.begin(), users.end(), [&](const ir::Op* user) {
      return groups_.group_of(user) == group && (user != root_op || reduces);
    });
  }

  /// Elementwise ops that only this group reads are computed as it goes.
  void absorb_producers(Group group) {
    for (bool changed = true; changed;) {
      changed = false;
      for (ir::Op* source : groups_.sources(group)) {
        if (!is_alone(source) || !is_elementwise(*source) || groups_.is_stored(source)) continue;
        if (!takes_in(group, source) || !groups_.can_merge(group, groups_.group_of(source)))
          continue;
        groups_.merge(group, groups_.group_of(source));
        changed = true;
      }
    }
  }

  static bool share_an_operand(const std::vector<ir::Op*>& a, const std::vector<ir::Op*>& b) {
    for (const ir::Op* x : a) {
      for (const ir::Op* y : b) {
        for (const ir::Value* operand : x->operands()) {
          const auto others = y->operands();
          if (operand->type().count() >= kLargeTensor &&
              std::find(others.begin(), others.end(), operand) != others.end())
            return true;
        }
      }
    }
    return false;
  }

  bool are_neighbours(Group a, Group b) const {
    for (const ir::Op* reader : groups_.readers(a)) {
      if (groups_.group_of(reader) == b) return true;
    }
    for (const ir::Op* reader : groups_.readers(b)) {
      if (groups_.group_of(reader) == a) return true;
    }
    return share_an_operand(groups_.members(a), groups_.members(b));
  }

  void merge_pointwise() {
    std::vector<Group> merged;
    for (Group group : groups_.groups()) {
      if (!kinds_.contains(group) || kinds_.at(group) != "pointwise") continue;
      auto host = std::find_if(merged.begin(), merged.end(), [&](Group other) {
        return root(other)->result()->type().shape == root(group)->result()->type().shape &&
               are_neighbours(other, group) && groups_.can_merge(other, group);
      });
      if (host == merged.end()) {
        merged.push_back(group);
      } else {
        kinds_.erase(group);
        groups_.merge(*host, group);
      }
    }
  }

  int64_t work(Group group) const {
    int64_t total = 0;
    for (const ir::Op* op : groups_.members(group)) total += operation_count(*op);
    return total;
  }

  /// What is left is small: as few kernels as dependences allow.
  void merge_serial() {
    std::vector<Group> merged;
    for (Group group : groups_.groups()) {
      if (kinds_.contains(group)) continue;
      kinds_[group] = "serial";
      auto host = std::find_if(merged.rbegin(), merged.rend(), [&](Group other) {
        return groups_.members(other).size() + groups_.members(group).size() <= kSerialOps &&
               work(other) + work(group) <= kSerialWork && groups_.can_merge(other, group);
      });
      if (host == merged.rend()) {
        merged.push_back(group);
      } else {
        kinds_.erase(group);
        groups_.merge(*host, group);
      }
    }
  }

  ir::Region& region_;
  FusionGroups groups_;
  FusionKinds kinds_;
};

std::unique_ptr<ir::Op> copy_of(const ir::Op& op) {
  const auto operands = op.operands();
  auto copy = std::make_unique<ir::Op>(op.definition(),
                                       std::vector<ir::Value*>(operands.begin(), operands.end()),
                                       op.attributes(), op.location());
  copy->add_result(op.result()->type());
  return copy;
}

/// A free op that a scan reads, or the region returns, gets a copy to itself: the copy is what a
/// kernel writes, while the op's other readers go on computing it on the fly.
void separate_stored_values(ir::Region& body) {
  for (std::unique_ptr<ir::Op>& op : body.take_ops()) {
    for (size_t i = 0; op->is("scan") && i < op->operands().size(); ++i) {
      if (!is_addressable(*op->operand(i)))
        op->set_operand(i, body.append(copy_of(*op->operand(i)->op()))->result());
    }
    body.append(std::move(op));
  }
  std::vector<ir::Value*> results = body.results();
  for (ir::Value*& result : results) {
    if (result->op() != nullptr && is_free(*result->op()))
      result = body.append(copy_of(*result->op()))->result();
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
