// Reverse-mode differentiation: Griewank, Walther, "Evaluating Derivatives" (2008), section 3.2.
#include "passes/differentiate.h"

#include <unordered_map>
#include <unordered_set>

#include "ir/builder.h"
#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::Op;
using ir::Region;
using ir::Tensor;
using ir::Value;

/// Differentiates one `gradient` op, whose ops of interest are those the region has so far.
class ReverseWalk {
 public:
  ReverseWalk(Region& region, const Op& gradient) : builder_(region), gradient_(gradient) {}

  /// The values to use in place of the op's results.
  Expected<std::vector<Value*>> run() {
    std::vector<const Op*> ops;
    for (const auto& op : builder_.region().ops()) ops.push_back(op.get());
    mark_active(ops);

    builder_.set_location(gradient_.location());
    Value* loss = gradient_.operand(0);
    adjoints_[loss] = builder_.scalar(1, loss->type().element);
    for (size_t i = ops.size(); i-- > 0;) KILN_TRY(propagate(*ops[i]));
    return collect();
  }

 private:
  /// Active: a float that changes smoothly with a value asked for.
  void mark_active(const std::vector<const Op*>& ops) {
    for (Value* value : gradient_.operands().subspan(1)) active_.insert(value);
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

  /// Adds the op's contributions to its operands' adjoints, if the loss depends on its result.
  Status propagate(const Op& op) {
    if (!on_a_path(op)) return ok();
    const Gradient* gradient = find_gradient(op.name());
    if (gradient == nullptr || op.result_count() != 1) {
      return Diagnostic{op.location(), fmt::format("{} has no gradient", op.name()),
                        "the loss depends on a trained value through it"};
    }
    builder_.set_location(op.location());
    const ir::LocationScope scope(builder_, "grad");
    const Tensor dy = adjoints_.at(op.result());
    for (size_t i = 0; i < op.operands().size(); ++i) {
      if (!active_.contains(op.operand(i)) || gradient->rule(i) == nullptr) continue;
      accumulate(op, i, gradient->rule(i)({op, builder_, dy, i}));
    }
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

  std::vector<Value*> collect() {
    builder_.set_location(gradient_.location());
    std::vector<Value*> values;
    for (Value* value : gradient_.operands().subspan(1)) {
      auto found = adjoints_.find(value);
      values.push_back(found != adjoints_.end() ? found->second.value
                                                : builder_.constant(0, value->type()).value);
    }
    return values;
  }

  Builder builder_;
  const Op& gradient_;
  std::unordered_set<const Value*> active_;
  std::unordered_map<const Value*, Tensor> adjoints_;
};

/// Rebuilds the region op by op; what follows a `gradient` uses what replaced it.
Status differentiate(Region& region) {
  std::unordered_map<const Value*, Value*> replacements;
  std::vector<std::unique_ptr<Op>> replaced;  // kept: their values are the keys above
  auto current = [&](Value* value) {
    auto found = replacements.find(value);
    return found == replacements.end() ? value : found->second;
  };
  Status status = ok();
  for (std::unique_ptr<Op>& op : region.take_ops()) {
    for (size_t i = 0; i < op->operands().size(); ++i) op->set_operand(i, current(op->operand(i)));
    for (size_t i = 0; status && i < op->region_count(); ++i) status = differentiate(op->region(i));
    if (!status || !op->is("gradient")) {
      region.append(std::move(op));
      continue;
    }
    auto values = ReverseWalk(region, *op).run();
    if (!values) {
      status = values.error();
      region.append(std::move(op));
      continue;
    }
    for (size_t i = 0; i < values->size(); ++i) replacements[op->result(i)] = (*values)[i];
    replaced.push_back(std::move(op));
  }
  std::vector<Value*> results = region.results();
  for (Value*& result : results) result = current(result);
  region.set_results(std::move(results));
  return status;
}

}  // namespace

Status differentiate(ir::Module& module) {
  for (const auto& function : module.functions) KILN_TRY(differentiate(function->body));
  return ok();
}

}  // namespace kiln::passes
