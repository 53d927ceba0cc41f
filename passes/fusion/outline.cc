#include "passes/fusion/outline.h"

#include <algorithm>
#include <unordered_map>

#include "ir/ops/definition.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

class Outliner {
 public:
  Outliner(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds)
      : region_(region), groups_(groups), kinds_(kinds) {}

  void run() {
    std::vector<ir::Value*> results = region_.results();
    old_ops_ = region_.take_ops();
    for (Group group : groups_.sorted_groups()) outline_group(group);
    for (ir::Value*& result : results) result = outside(result);
    region_.set_results(std::move(results));
  }

 private:
  /// One fusion in the making.
  struct Body {
    Group group;
    std::unique_ptr<ir::Op> fusion;
    std::vector<ir::Value*> operands;
    std::unordered_map<const ir::Value*, ir::Value*>
        inner;  // values of the old region within the fusion's
  };

  void outline_group(Group group) {
    if (kinds_.at(group) == kScan) return keep_scan(*groups_.members(group).front());
    Body body{group,
              std::make_unique<ir::Op>(*ir::find_op("fusion"), std::vector<ir::Value*>{},
                                       ir::Attributes{{"kind", kinds_.at(group)}}, ""),
              {},
              {}};
    ir::Region& region = body.fusion->add_region();
    for (const ir::Op* op : groups_.members(group)) {
      std::vector<ir::Value*> operands;
      for (const ir::Value* operand : op->operands()) operands.push_back(inside(body, operand));
      ir::Op* copy = ir::copy_op(*op, std::move(operands), region);
      for (size_t i = 0; i < op->result_count(); ++i) body.inner[op->result(i)] = copy->result(i);
    }
    finish(body);
  }

  /// A scan reads what is in memory; its region has been outlined before.
  void keep_scan(const ir::Op& scan) {
    std::vector<ir::Value*> operands;
    for (const ir::Value* operand : scan.operands()) operands.push_back(outside(operand));
    const ir::Op* copy = ir::copy_op(scan, std::move(operands), region_);
    for (size_t i = 0; i < scan.result_count(); ++i) outer_[scan.result(i)] = copy->result(i);
  }

  void finish(Body& body) {
    std::vector<ir::Value*> results;
    std::vector<const ir::Value*> old_results;
    for (const ir::Op* op : groups_.members(body.group)) {
      for (size_t i = 0; i < op->result_count(); ++i) {
        if (!is_read_outside(op->result(i), body.group)) continue;
        old_results.push_back(op->result(i));
        results.push_back(body.inner.at(op->result(i)));
      }
    }
    body.fusion->region().set_results(results);
    body.fusion->set_operands(body.operands);
    body.fusion->set_location(main_location(body.group));
    for (ir::Value* value : results) body.fusion->add_result(value->type());
    ir::Op* fusion = region_.append(std::move(body.fusion));
    for (size_t i = 0; i < old_results.size(); ++i) outer_[old_results[i]] = fusion->result(i);
  }

  /// The location of the op that does most: the first that is not elementwise, else the last.
  ir::Location main_location(Group group) const {
    const auto& members = groups_.members(group);
    for (const ir::Op* op : members) {
      if (op->is(ir::OpClass::contraction)) return op->location();
    }
    return members.back()->location();
  }

  bool is_read_outside(const ir::Value* value, Group group) const {
    for (const auto& op : old_ops_) {
      const auto operands = op->operands();
      if (std::find(operands.begin(), operands.end(), value) == operands.end()) continue;
      const Group reader = groups_.group_of(op.get());
      if (reader != FusionGroups::kNone) {
        if (reader != group) return true;
      } else if (free_op_is_read_outside(op.get(), group)) {
        return true;
      }
    }
    return is_result(value);
  }

  /// A free op is read outside where any op that reads it, through further free ones, is.
  bool free_op_is_read_outside(const ir::Op* op, Group group) const {
    for (size_t i = 0; i < op->result_count(); ++i) {
      if (is_read_outside(op->result(i), group)) return true;
    }
    return false;
  }

  bool is_result(const ir::Value* value) const {
    return std::find(results_.begin(), results_.end(), value) != results_.end();
  }

  /// An old value as the new region has it: an argument, a fusion's result, a view or a constant.
  ir::Value* outside(const ir::Value* value) {
    if (value->is_argument()) return const_cast<ir::Value*>(value);
    if (auto found = outer_.find(value); found != outer_.end()) return found->second;
    std::vector<ir::Value*> operands;
    for (const ir::Value* operand : value->op()->operands()) operands.push_back(outside(operand));
    ir::Op* copy = ir::copy_op(*value->op(), std::move(operands), region_);
    return outer_[value] = copy->result(static_cast<size_t>(value->index()));
  }

  /// Whether a value's elements are in memory outside the group, so that a reshape is a view of
  /// them.
  bool is_stored_outside(const ir::Value* value, Group group) const {
    if (value->is_argument()) return true;
    const Group maker = groups_.group_of(value->op());
    if (maker != FusionGroups::kNone) return maker != group;
    if (is_dense_constant(*value->op())) return true;
    return value->op()->is("reshape") && is_stored_outside(value->op()->operand(0), group);
  }

  /// An old value as the fusion's region has it.
  ir::Value* inside(Body& body, const ir::Value* value) {
    if (auto found = body.inner.find(value); found != body.inner.end()) return found->second;
    const bool enters = is_stored_outside(value, body.group);
    if (enters) {
      body.operands.push_back(outside(value));
      return body.inner[value] = body.fusion->region().add_argument(value->type());
    }
    std::vector<ir::Value*> operands;
    for (const ir::Value* operand : value->op()->operands())
      operands.push_back(inside(body, operand));
    ir::Op* copy = ir::copy_op(*value->op(), std::move(operands), body.fusion->region());
    return body.inner[value] = copy->result(static_cast<size_t>(value->index()));
  }

  ir::Region& region_;
  const FusionGroups& groups_;
  const FusionKinds& kinds_;
  std::vector<ir::Value*> results_ = region_.results();
  std::vector<std::unique_ptr<ir::Op>> old_ops_;
  std::unordered_map<const ir::Value*, ir::Value*> outer_;
};

}  // namespace

void outline(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds) {
  Outliner(region, groups, kinds).run();
}

}  // namespace kiln::passes
