// Reverse-mode differentiation: Griewank, Walther, "Evaluating Derivatives" (2008), section 3.2.
#include "passes/gradients/reverse_walk.h"

#include <unordered_set>

#include "passes/gradients/gradients.h"
#include "passes/gradients/scan.h"

namespace kiln::passes {
namespace {

using ir::Op;
using ir::Tensor;
using ir::Value;

class ReverseWalk {
 public:
  ReverseWalk(ir::Builder& builder, Adjoints adjoints)
      : builder_(builder), adjoints_(std::move(adjoints)) {}

  Expected<std::vector<Tensor>> run(const std::vector<Value*>& wanted) {
    std::vector<Op*> ops;
    for (const auto& op : builder_.region().ops()) ops.push_back(op.get());
    mark_active(ops, wanted);
    for (size_t i = ops.size(); i-- > 0;) KILN_TRY(propagate(*ops[i]));
    std::vector<Tensor> found;
    for (const Value* value : wanted) {
      auto adjoint = adjoints_.find(value);
      found.push_back(adjoint == adjoints_.end() ? Tensor{} : adjoint->second);
    }
    return found;
  }

 private:
  /// Active: a float that changes smoothly with a value asked for.
  void mark_active(const std::vector<Op*>& ops, const std::vector<Value*>& wanted) {
    active_.insert(wanted.begin(), wanted.end());
    for (const Op* op : ops) {
      const Gradient* gradient = find_gradient(op->name());
      bool depends = false;
      for (size_t i = 0; i < op->operands().size(); ++i) {
        depends = depends ||
                  (active_.contains(op->operand(i)) && (gradient == nullptr || gradient->rule(i)));
      }
      for (size_t i = 0; depends && i < op->result_count(); ++i) {
        if (is_float(op->result(i)->type().element)) active_.insert(op->result(i));
      }
    }
  }

  /// Adds the op's contributions to its operands' adjoints, if the loss depends on its results.
  Status propagate(Op& op) {
    if (!on_a_path(op)) return ok();
    builder_.set_location(op.location());
    const ir::LocationScope scope(builder_, "grad");
    if (op.is("scan")) return propagate_scan(op);
    const Gradient* gradient = find_gradient(op.name());
    if (gradient == nullptr || op.result_count() != 1) {
      return Diagnostic{op.location(), fmt::format("{} has no gradient", op.name()),
                        "the loss depends on a trained value through it"};
    }
    const Tensor dy = adjoints_.at(op.result());
    for (size_t i = 0; i < op.operands().size(); ++i) {
      if (!active_.contains(op.operand(i)) || gradient->rule(i) == nullptr) continue;
      accumulate(op, i, gradient->rule(i)({op, builder_, dy, i}));
    }
    return ok();
  }

  Status propagate_scan(Op& op) {
    std::vector<bool> active;
    for (const Value* operand : op.operands()) active.push_back(active_.contains(operand));
    std::vector<Tensor> adjoints;
    for (size_t r = 0; r < op.result_count(); ++r) {
      auto found = adjoints_.find(op.result(r));
      adjoints.push_back(found == adjoints_.end() ? Tensor{} : found->second);
    }
    KILN_ASSIGN(const auto contributions, scan_gradient(op, builder_, adjoints, active));
    for (size_t i = 0; i < contributions.size(); ++i) accumulate(op, i, contributions[i]);
    return ok();
  }

  /// Whether an adjoint has reached the op and some operand wants one.
  bool on_a_path(const Op& op) const {
    bool reached = false;
    for (size_t i = 0; i < op.result_count(); ++i)
      reached = reached || adjoints_.contains(op.result(i));
    if (!reached) return false;
    for (Value* operand : op.operands()) {
      if (active_.contains(operand)) return true;
    }
    return false;
  }

  void accumulate(const Op& op, size_t i, Tensor contribution) {
    if (!contribution) return;
    Value* operand = op.operand(i);
    KILN_CHECK(contribution.type() == operand->type(), "{}: the gradient of operand {}, {}, is {}",
               op.name(), i, operand->type().to_string(), contribution.type().to_string());
    Tensor& adjoint = adjoints_[operand];
    adjoint = adjoint ? adjoint + contribution : contribution;
  }

  ir::Builder& builder_;
  std::unordered_set<const Value*> active_;
  Adjoints adjoints_;
};

}  // namespace

Expected<std::vector<Tensor>> reverse_walk(ir::Builder& builder, const std::vector<Value*>& wanted,
                                           Adjoints adjoints) {
  return ReverseWalk(builder, std::move(adjoints)).run(wanted);
}

}  // namespace kiln::passes
