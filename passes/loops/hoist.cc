#include "passes/loops/hoist.h"

#include <algorithm>
#include <unordered_map>

#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/scan.h"
#include "passes/free_ops.h"
#include "passes/loops/vectorize.h"
#include "passes/rewrite.h"
#include "passes/simplification/simplify.h"
#include "passes/used_values.h"

namespace kiln::passes {
namespace {

using ir::Op;
using ir::Region;
using ir::Tensor;
using ir::Value;

bool is_heavy(const Op& op) {
  return op.is(ir::OpClass::contraction) || op.is(ir::OpClass::reduction);
}

bool any_of(const Op& op, const Values& values) {
  return std::any_of(op.operands().begin(), op.operands().end(),
                     [&](const Value* operand) { return values.contains(operand); });
}

/// One scan taken apart: `before_` is computed before the loop, `after_` after it.
class ScanHoister {
 public:
  explicit ScanHoister(const Op& scan) : scan_(scan), body_(scan.region()), parts_(parts_of(scan)) {
    find_varying();
    choose_before();
    find_sums();
    choose_after();
    find_turned();
  }

  bool changes() const {
    return !before_.empty() || !after_.empty() || !sums_.empty() || !turned_.empty();
  }

  std::vector<Value*> rebuild(ir::Builder& builder) {
    builder_ = &builder;
    ir::ScanInputs inputs;
    for (size_t i = 0; i < scan_.operands().size(); ++i) list_of(i, inputs).push_back(operand(i));
    for (const Op* op : before_) outside(op->result());
    std::vector<const Value*> entering = entering_values();
    std::vector<const Value*> invariant;
    for (const Value* value : entering) {
      (varying_.contains(value) ? inputs.stacked : inputs.invariants).push_back(outside(value));
    }
    for (const Op* dot : turned_) {
      ir::LocationScope scope(builder, "transposed");
      inputs.invariants.push_back(transpose(outside(dot->operand(1)), {1, 0}));
    }
    find_leaving_values();
    const ir::ScanResults results = ir::scan(builder, inputs, parts_.trip_count, parts_.reverse,
                                             [&](ir::Builder& inner, const ir::ScanInputs& step) {
                                               return build(inner, step, entering);
                                             });
    for (size_t i = 0; i < leaving_.size(); ++i) outside_[leaving_[i]] = results.outputs[i];
    return replacements(results);
  }

 private:
  Tensor operand(size_t i) const { return builder_->wrap(scan_.operand(i)); }

  std::vector<Tensor>& list_of(size_t i, ir::ScanInputs& inputs) const {
    return parts_.is_carry(i)     ? inputs.carries
           : parts_.is_stacked(i) ? inputs.stacked
                                  : inputs.invariants;
  }

  // ---- what depends on what

  /// Values that depend on a carry, and values that differ from step to step for whatever reason.
  void find_varying() {
    for (size_t i = 0; i < body_.argument_count(); ++i) {
      if (parts_.is_carry(i)) carried_.insert(body_.argument(i));
      if (parts_.is_carry(i) || parts_.is_stacked(i)) varying_.insert(body_.argument(i));
    }
    for (const auto& op : body_.ops()) {
      for (Values* set : {&carried_, &varying_}) {
        // Random numbers and regions are left where they are.
        const bool stays = op->result_count() != 1 || op->region_count() > 0;
        if (!any_of(*op, *set) && !stays) continue;
        for (size_t r = 0; r < op->result_count(); ++r) set->insert(op->result(r));
      }
    }
  }

  /// Whether the value can be had outside, before the loop.
  bool is_available(const Value* value) const {
    if (carried_.contains(value)) return false;
    if (value->is_argument() || !varying_.contains(value)) return true;
    const Op& op = *value->op();
    return can_vectorize(op) && std::all_of(op.operands().begin(), op.operands().end(),
                                            [&](const Value* v) { return is_available(v); });
  }

  void choose_before() {
    Values chosen;
    for (const auto& op : body_.ops()) {
      if (op->result_count() != 1 || is_free(*op) || !is_available(op->result())) continue;
      const bool invariant = !varying_.contains(op->result());
      const bool follows = any_of(*op, chosen) && op->is(ir::OpClass::elementwise);
      if (!invariant && !is_heavy(*op) && !follows) continue;
      chosen.insert(op->result());
      before_.push_back(op.get());
    }
  }

  /// Values from which `roots` are computed, roots included.
  Values sources_of(std::vector<const Value*> roots) const {
    Values sources(roots.begin(), roots.end());
    add_sources(body_, sources);
    return sources;
  }

  /// What a carry adds up, where it does nothing else: the new carry is carry + term.
  const Value* summed_term(size_t carry) const {
    const Value* result = body_.results()[carry];
    const Value* argument = body_.argument(carry);
    const Op* add = result->op();
    if (add == nullptr || !add->is("add") || add->operand(0) == add->operand(1)) return nullptr;
    size_t uses = 0;
    for (const auto& op : body_.ops())
      uses +=
          static_cast<size_t>(std::count(op->operands().begin(), op->operands().end(), argument));
    uses +=
        static_cast<size_t>(std::count(body_.results().begin(), body_.results().end(), argument));
    const bool returned_once =
        std::count(body_.results().begin(), body_.results().end(), result) == 1;
    if (uses != 1 || !returned_once) return nullptr;
    if (add->operand(0) == argument) return add->operand(1);
    return add->operand(1) == argument ? add->operand(0) : nullptr;
  }

  /// Values that the carries, other than sums, are computed from: the loop proper.
  Values loop_values() const {
    std::vector<const Value*> roots;
    for (size_t i = 0; i < parts_.carries; ++i) {
      if (!sums_.contains(i)) roots.push_back(body_.results()[i]);
    }
    return sources_of(roots);
  }

  /// Carries that are sums of products or reductions that the loop does not need.
  void find_sums() {
    for (size_t i = 0; i < parts_.carries; ++i) {
      const Value* term = summed_term(i);
      if (term == nullptr || term->is_argument() || !is_heavy(*term->op())) continue;
      std::vector<bool> stacked;
      for (const Value* v : term->op()->operands()) stacked.push_back(varying_.contains(v));
      if (can_sum_over_steps(*term->op(), stacked)) sums_[i] = term;
    }
    const Values loop = loop_values();
    std::erase_if(sums_, [&](const auto& sum) { return loop.contains(sum.second); });
  }

  /// Ops that give outputs alone: heavy ones, and what follows from those.
  void choose_after() {
    const Values loop = loop_values();
    std::vector<const Value*> outputs(
        body_.results().begin() + static_cast<std::ptrdiff_t>(parts_.carries),
        body_.results().end());
    const Values wanted = sources_of(outputs);
    for (const auto& op : body_.ops()) {
      if (op->result_count() != 1 || !wanted.contains(op->result()) || loop.contains(op->result()))
        continue;
      if (!carried_.contains(op->result()) || !can_vectorize(*op)) continue;
      if (is_heavy(*op) || any_of(*op, after_)) after_.insert(op->result());
    }
    keep_what_the_loop_reads();
  }

  /// An op that cannot follow (it has no rule) keeps what it reads in the loop.
  void keep_what_the_loop_reads() {
    for (size_t i = body_.ops().size(); i-- > 0;) {
      const Op& op = *body_.ops()[i];
      for (size_t r = 0; r < op.result_count(); ++r) {
        if (after_.contains(op.result(r)) || is_sum_term(op.result(r))) continue;
        for (const Value* operand : op.operands()) {
          if (!is_sum(op.result(r))) after_.erase(operand);
        }
      }
    }
  }

  bool is_sum_term(const Value* value) const {
    return std::any_of(sums_.begin(), sums_.end(),
                       [&](const auto& sum) { return sum.second == value; });
  }
  bool is_sum(const Value* value) const {
    return std::any_of(sums_.begin(), sums_.end(),
                       [&](const auto& sum) { return body_.results()[sum.first] == value; });
  }

  /// Products of the loop whose right operand, the same for all steps, is read across its rows.
  void find_turned() {
    for (const auto& op : body_.ops()) {
      if (!op->is("dot_general") || varying_.contains(op->operand(1))) continue;
      if (is_moved_after(op->result()) || !carried_.contains(op->result())) continue;
      if (op->operand(1)->type().rank() == 2 &&
          ir::DotGeneral::of(*op).rhs_contracting == ir::Integers{1})
        turned_.push_back(op.get());
    }
  }

  // ---- outside the loop

  /// A value of the body for all steps at once, or once where it is the same for all.
  Tensor outside(const Value* value) {
    if (auto found = outside_.find(value); found != outside_.end()) return found->second;
    if (value->is_argument()) return outside_[value] = operand(static_cast<size_t>(value->index()));
    const Op& op = *value->op();
    std::vector<Tensor> operands;
    std::vector<bool> stacked;
    for (const Value* v : op.operands()) {
      operands.push_back(outside(v));
      stacked.push_back(varying_.contains(v));
    }
    if (varying_.contains(value))
      return outside_[value] = vectorize(op, *builder_, operands, stacked, parts_.trip_count);
    std::vector<Value*> values;
    for (const Tensor& t : operands) values.push_back(t.value);
    return outside_[value] =
               builder_->wrap(copy_op(op, std::move(values), builder_->region())->result());
  }

  /// Values computed before the loop that ops within it read.
  std::vector<const Value*> entering_values() const {
    Values made;
    for (const Op* op : before_) made.insert(op->result());
    std::vector<const Value*> entering;
    auto enter = [&](const Value* value) {
      if (made.contains(value) &&
          std::find(entering.begin(), entering.end(), value) == entering.end())
        entering.push_back(value);
    };
    for (const auto& op : body_.ops()) {
      if (op->result_count() == 1 && made.contains(op->result())) continue;
      for (const Value* operand : op->operands()) enter(operand);
    }
    for (const Value* result : body_.results()) enter(result);
    return entering;
  }

  bool is_moved_after(const Value* value) const {
    return after_.contains(value) || is_sum_term(value);
  }

  /// Values of the loop that what comes after it reads.
  void find_leaving_values() {
    for (const auto& op : body_.ops()) {
      for (size_t r = 0; r < op->result_count(); ++r) {
        if (!is_moved_after(op->result(r))) continue;
        for (const Value* operand : op->operands()) leave(operand);
      }
    }
  }

  void leave(const Value* value) {
    if (is_moved_after(value) || outside_.contains(value) || !varying_.contains(value)) return;
    if (value->is_argument() && !carried_.contains(value)) return;
    if (!value->is_argument() && is_free(*value->op())) {
      for (const Value* operand : value->op()->operands()) leave(operand);
    } else if (std::find(leaving_.begin(), leaving_.end(), value) == leaving_.end()) {
      leaving_.push_back(value);
    }
  }

  // ---- the new loop

  ir::ScanResults build(ir::Builder& inner, const ir::ScanInputs& step,
                        const std::vector<const Value*>& entering) {
    std::unordered_map<const Value*, Value*> moved;
    size_t carries = 0, stacked = 0, invariants = 0;
    for (size_t i = 0; i < body_.argument_count(); ++i) {
      moved[body_.argument(i)] = parts_.is_carry(i)     ? step.carries[carries++].value
                                 : parts_.is_stacked(i) ? step.stacked[stacked++].value
                                                        : step.invariants[invariants++].value;
    }
    for (const Value* value : entering) {
      moved[value] = varying_.contains(value) ? step.stacked[stacked++].value
                                              : step.invariants[invariants++].value;
    }
    std::unordered_map<const Op*, Value*> transposed;
    for (const Op* dot : turned_) transposed[dot] = step.invariants[invariants++].value;
    for (const auto& op : body_.ops()) {
      if (moved.contains(op->result())) continue;
      std::vector<Value*> operands;
      for (const Value* operand : op->operands()) operands.push_back(moved.at(operand));
      Op* copy = copy_op(*op, std::move(operands), inner.region());
      if (auto found = transposed.find(op.get()); found != transposed.end()) {
        copy->set_operand(1, found->second);
        copy->set("rhs_contracting", ir::Integers{0});
      }
      for (size_t r = 0; r < op->result_count(); ++r) moved[op->result(r)] = copy->result(r);
    }
    ir::ScanResults results;
    for (size_t i = 0; i < parts_.carries; ++i)
      results.carries.push_back(inner.wrap(moved.at(body_.results()[i])));
    for (const Value* value : leaving_) results.outputs.push_back(inner.wrap(moved.at(value)));
    for (size_t o = parts_.carries; o < body_.results().size(); ++o)
      results.outputs.push_back(inner.wrap(moved.at(body_.results()[o])));
    return results;
  }

  std::vector<Value*> replacements(const ir::ScanResults& results) {
    std::vector<Value*> values;
    for (size_t i = 0; i < parts_.carries; ++i) {
      const auto sum = sums_.find(i);
      values.push_back(sum == sums_.end() ? results.carries[i].value
                                          : (operand(i) + total(*sum->second->op())).value);
    }
    for (size_t o = 0; o < parts_.outputs; ++o) {
      const Value* value = body_.results()[parts_.carries + o];
      values.push_back(after_.contains(value) ? outside(value).value
                                              : results.outputs[leaving_.size() + o].value);
    }
    return values;
  }

  Tensor total(const Op& term) {
    const ir::Location saved = builder_->location();
    builder_->set_location(term.location());
    std::vector<Tensor> operands;
    for (const Value* operand : term.operands()) operands.push_back(outside(operand));
    const Tensor sum = sum_over_steps(term, operands);
    builder_->set_location(saved);
    return sum;
  }

  const Op& scan_;
  const Region& body_;
  const ir::ScanParts parts_;
  ir::Builder* builder_ = nullptr;
  Values carried_, varying_;
  std::vector<const Op*> before_;
  std::unordered_map<size_t, const Value*> sums_;  ///< terms, by carry
  Values after_;
  std::vector<const Op*> turned_;
  std::unordered_map<const Value*, Tensor> outside_;
  std::vector<const Value*> leaving_;
};

}  // namespace

Status hoist(ir::Module& module) {
  for (const auto& function : module.functions) {
    rewrite_nested(function->body, [](const Op& op, ir::Builder& builder) -> std::vector<Value*> {
      if (!op.is("scan")) return {};
      ScanHoister hoister(op);
      return hoister.changes() ? hoister.rebuild(builder) : std::vector<Value*>{};
    });
  }
  return simplify(module);
}

}  // namespace kiln::passes
