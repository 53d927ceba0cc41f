#include "passes/fusion/outline.h"

#include <algorithm>
#include <unordered_map>

#include "ir/cloner.h"
#include "ir/ops/definition.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// Stands for the region's results among the groups that read a value.
constexpr Group kRegion = FusionGroups::kNone;

/// Which groups read a value, as far as the group that makes it has to know.
class Readers {
 public:
  void add(Group reader) {
    if (!any_) one_ = reader;
    several_ = several_ || one_ != reader;
    any_ = true;
  }
  void add(const Readers& others) {
    if (others.any_) add(others.one_);
    several_ = several_ || others.several_;
  }
  bool has_other_than(Group group) const { return any_ && (several_ || one_ != group); }

 private:
  bool any_ = false, several_ = false;
  Group one_ = 0;
};

class Outliner {
 public:
  Outliner(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds)
      : region_(region), groups_(groups), kinds_(kinds), outer_(region) {
    for (size_t i = 0; i < region.argument_count(); ++i)
      outer_.map(region.argument(i), region.argument(i));
  }

  void run() {
    std::vector<ir::Value*> results = region_.results();
    old_ops_ = region_.take_ops();
    find_readers();
    for (Group group : groups_.sorted_groups()) outline_group(group);
    for (ir::Value*& result : results) result = outside(result);
    region_.set_results(std::move(results));
  }

 private:
  /// One fusion in the making.
  struct Body {
    Group group;
    std::vector<ir::Op*> members;
    std::unique_ptr<ir::Op> fusion;
    std::vector<ir::Value*> operands;
    ir::Cloner inner;  // from the old region to the fusion's
  };

  void outline_group(Group group) {
    if (groups_.ops()[group]->is("scan")) return keep_scan(*groups_.ops()[group]);
    auto fusion = std::make_unique<ir::Op>(
        *ir::find_op("fusion"), std::vector<ir::Value*>{},
        ir::Attributes{{"kind", std::string(ir::name_of(kinds_.at(group).value()))}}, "");
    ir::Region& region = fusion->add_region();
    Body body{group, groups_.sorted_members(group), std::move(fusion), {}, ir::Cloner(region)};
    for (const ir::Op* op : body.members) copy_inside(body, *op);
    finish(body);
  }

  /// A scan reads what is in memory; its region has been outlined before.
  void keep_scan(const ir::Op& scan) {
    for (const ir::Value* operand : scan.operands()) outside(operand);
    outer_.copy(scan);
  }

  void finish(Body& body) {
    std::vector<ir::Value*> results;
    std::vector<const ir::Value*> old_results;
    for (const ir::Op* op : body.members) {
      for (size_t i = 0; i < op->result_count(); ++i) {
        if (!is_read_outside(op->result(i), body.group)) continue;
        old_results.push_back(op->result(i));
        results.push_back(body.inner.at(op->result(i)));
      }
    }
    body.fusion->region().set_results(results);
    body.fusion->set_operands(body.operands);
    body.fusion->set_location(main_location(body.members));
    for (ir::Value* value : results) body.fusion->add_result(value->type());
    ir::Op* fusion = region_.append(std::move(body.fusion));
    for (size_t i = 0; i < old_results.size(); ++i) outer_.map(old_results[i], fusion->result(i));
  }

  /// The location of the op that does most: the first that is not elementwise, else the last.
  static ir::Location main_location(const std::vector<ir::Op*>& members) {
    for (const ir::Op* op : members) {
      if (op->is(ir::OpClass::contraction)) return op->location();
    }
    return members.back()->location();
  }

  /// Who reads each value of the old region, through free ops, too. Backwards: the readers of a free
  /// op's results are known before they become those of its operands.
  void find_readers() {
    for (const ir::Value* value : region_.results()) readers_[value].add(kRegion);
    for (size_t i = old_ops_.size(); i-- > 0;) {
      const ir::Op& op = *old_ops_[i];
      const Group reader = groups_.group_of(&op);
      for (const ir::Value* operand : op.operands()) {
        if (reader != FusionGroups::kNone) {
          readers_[operand].add(reader);
          continue;
        }
        for (size_t r = 0; r < op.result_count(); ++r)
          readers_[operand].add(Readers(readers_[op.result(r)]));
      }
    }
  }

  bool is_read_outside(const ir::Value* value, Group group) const {
    const auto found = readers_.find(value);
    return found != readers_.end() && found->second.has_other_than(group);
  }

  /// An old value as the new region has it: an argument, a fusion's result, a view or a constant.
  ir::Value* outside(const ir::Value* value) { return outer_.copy_with_sources(value); }

  /// Whether a value's elements are in memory outside the group, so that a reshape is a view of
  /// them.
  bool is_stored_outside(const ir::Value* value, Group group) const {
    if (value->is_argument()) return true;
    const Group maker = groups_.group_of(value->op());
    if (maker != FusionGroups::kNone) return maker != group;
    if (is_dense_constant(*value->op())) return true;
    return value->op()->is("reshape") && is_stored_outside(value->op()->operand(0), group);
  }

  /// Copies the op into the fusion's region, with what it reads and is not in memory.
  void copy_inside(Body& body, const ir::Op& op) {
    for (const ir::Value* operand : op.operands()) bring_inside(body, operand);
    body.inner.copy(op);
  }

  /// Has something stand for an old value in the fusion's region.
  void bring_inside(Body& body, const ir::Value* value) {
    if (body.inner.find(value) != nullptr) return;
    if (!is_stored_outside(value, body.group)) return copy_inside(body, *value->op());
    body.operands.push_back(outside(value));
    body.inner.map(value, body.fusion->region().add_argument(value->type()));
  }

  ir::Region& region_;
  const FusionGroups& groups_;
  const FusionKinds& kinds_;
  std::vector<std::unique_ptr<ir::Op>> old_ops_;
  ir::Cloner outer_;  ///< from the old ops to the new ones
  std::unordered_map<const ir::Value*, Readers> readers_;
};

}  // namespace

void outline(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds) {
  Outliner(region, groups, kinds).run();
}

}  // namespace kiln::passes
