#include "passes/simplification/simplify_scan.h"

#include <algorithm>

#include "ir/cloner.h"
#include "ir/scan.h"
#include "passes/constants.h"
#include "passes/rewrite.h"
#include "passes/used_values.h"

namespace kiln::passes {
namespace {

using ir::Op;
using ir::Region;
using ir::Tensor;
using ir::Value;

/// One scan, and what becomes of each of its operands and results.
class ScanSimplifier {
 public:
  explicit ScanSimplifier(const Op& scan)
      : scan_(scan), body_(scan.region()), parts_(parts_of(scan)) {
    find_needed();
    decide_operands();
    decide_outputs();
  }

  bool changes() const {
    auto keeps = [](const Decision& d) { return d.fate == Fate::keep; };
    return !std::all_of(operands_.begin(), operands_.end(), keeps) ||
           !std::all_of(outputs_.begin(), outputs_.end(), keeps);
  }

  /// The new scan; values to use instead of the old one's results.
  std::vector<Value*> rebuild(ir::Builder& builder) const {
    ir::ScanInputs inputs;
    for (size_t i = 0; i < operands_.size(); ++i) {
      if (operands_[i].fate == Fate::keep || operands_[i].fate == Fate::invariant)
        list_of(i, inputs).push_back(builder.wrap(scan_.operand(i)));
    }
    const ir::ScanResults results = ir::scan(
        builder, inputs, parts_.trip_count, parts_.reverse,
        [&](ir::Builder& inner, const ir::ScanInputs& step) { return build(inner, step); });
    return replacements(builder, results);
  }

 private:
  enum class Fate {
    keep,
    drop,       ///< nothing needs it
    invariant,  ///< a carry that never changes
    constant,   ///< made in the body
    same,       ///< the same as operand, or output, `other`
    operand,    ///< an output that is stacked operand `other`
  };
  struct Decision {
    Fate fate = Fate::keep;
    size_t other = 0;
  };

  bool is_invariant_carry(size_t i) const {
    return parts_.is_carry(i) && body_.results()[i] == body_.argument(i);
  }

  /// Carries are needed where their last value is read, or where a needed value depends on them.
  void find_needed() {
    for (size_t r = 0; r < scan_.result_count(); ++r) {
      if (scan_.result(r)->has_uses()) needed_.insert(body_.results()[r]);
    }
    for (size_t before = 0; before != needed_.size();) {
      before = needed_.size();
      add_sources(body_, needed_);
      for (size_t i = 0; i < parts_.carries; ++i) {
        if (needed_.contains(body_.argument(i))) needed_.insert(body_.results()[i]);
      }
      for (size_t i = 0; i < parts_.carries; ++i) {
        if (scan_.result(i)->has_uses()) needed_.insert(body_.argument(i));
      }
    }
  }

  void decide_operands() {
    for (size_t i = 0; i < scan_.operands().size(); ++i) operands_.push_back(decide_operand(i));
  }

  Decision decide_operand(size_t i) const {
    if (!needed_.contains(body_.argument(i))) return {Fate::drop};
    if (parts_.is_carry(i)) return {is_invariant_carry(i) ? Fate::invariant : Fate::keep};
    const ir::Literal* literal = constant_of(scan_.operand(i));
    if (literal != nullptr && literal->is_splat()) return {Fate::constant};
    for (size_t j = parts_.carries; j < i; ++j) {
      if (scan_.operand(j) == scan_.operand(i) && parts_.is_stacked(j) == parts_.is_stacked(i) &&
          operands_[j].fate == Fate::keep)
        return {Fate::same, j};
    }
    return {};
  }

  void decide_outputs() {
    for (size_t o = 0; o < parts_.outputs; ++o) outputs_.push_back(decide_output(o));
  }

  Decision decide_output(size_t o) const {
    if (!scan_.result(parts_.carries + o)->has_uses()) return {Fate::drop};
    const Value* value = body_.results()[parts_.carries + o];
    if (value->is_argument() && parts_.is_stacked(static_cast<size_t>(value->index())))
      return {Fate::operand, static_cast<size_t>(value->index())};
    for (size_t p = 0; p < o; ++p) {
      if (body_.results()[parts_.carries + p] == value && outputs_[p].fate == Fate::keep)
        return {Fate::same, p};
    }
    return {};
  }

  /// Where the operand stands in the new scan.
  std::vector<Tensor>& list_of(size_t i, ir::ScanInputs& inputs) const {
    if (parts_.is_stacked(i)) return inputs.stacked;
    return parts_.is_carry(i) && operands_[i].fate == Fate::keep ? inputs.carries
                                                                 : inputs.invariants;
  }

  ir::ScanResults build(ir::Builder& inner, const ir::ScanInputs& step) const {
    ir::Cloner cloner(inner.region());
    map_arguments(inner, step, cloner);
    for (const auto& op : body_.ops()) {
      if (is_used(*op, needed_)) cloner.copy(*op);
    }
    ir::ScanResults results;
    for (size_t i = 0; i < parts_.carries; ++i) {
      if (operands_[i].fate == Fate::keep)
        results.carries.push_back(inner.wrap(cloner.at(body_.results()[i])));
    }
    for (size_t o = 0; o < parts_.outputs; ++o) {
      if (outputs_[o].fate == Fate::keep)
        results.outputs.push_back(inner.wrap(cloner.at(body_.results()[parts_.carries + o])));
    }
    return results;
  }

  void map_arguments(ir::Builder& inner, const ir::ScanInputs& step, ir::Cloner& cloner) const {
    size_t carries = 0, stacked = 0, invariants = 0;
    for (size_t i = 0; i < operands_.size(); ++i) {
      const Value* argument = body_.argument(i);
      if (operands_[i].fate == Fate::constant) {
        const ir::Literal& literal = *constant_of(scan_.operand(i));
        cloner.map(
            argument,
            inner.constant(ir::Literal::from_bytes(argument->type(), true, literal.bytes())).value);
      } else if (operands_[i].fate == Fate::same) {
        cloner.map(argument, cloner.at(body_.argument(operands_[i].other)));
      } else if (operands_[i].fate != Fate::drop) {
        const bool is_carry = parts_.is_carry(i) && operands_[i].fate == Fate::keep;
        cloner.map(argument, parts_.is_stacked(i) ? step.stacked[stacked++].value
                             : is_carry           ? step.carries[carries++].value
                                                  : step.invariants[invariants++].value);
      }
    }
  }

  std::vector<Value*> replacements(ir::Builder& builder, const ir::ScanResults& results) const {
    std::vector<Value*> values;
    size_t carries = 0, outputs = 0;
    for (size_t i = 0; i < parts_.carries; ++i) {
      const Fate fate = operands_[i].fate;
      values.push_back(fate == Fate::keep        ? results.carries[carries++].value
                       : fate == Fate::invariant ? scan_.operand(i)
                                                 : unread(builder, scan_.result(i)));
    }
    for (size_t o = 0; o < parts_.outputs; ++o) {
      const Decision& decision = outputs_[o];
      const Value* old = scan_.result(parts_.carries + o);
      values.push_back(decision.fate == Fate::keep      ? results.outputs[outputs++].value
                       : decision.fate == Fate::same    ? values[parts_.carries + decision.other]
                       : decision.fate == Fate::operand ? scan_.operand(decision.other)
                                                        : unread(builder, old));
    }
    return values;
  }

  /// Stands where nothing looks.
  static Value* unread(ir::Builder& builder, const Value* old) {
    return builder.constant(0, old->type()).value;
  }

  const Op& scan_;
  const Region& body_;
  const ir::ScanParts parts_;
  Values needed_;  ///< values of the body
  std::vector<Decision> operands_, outputs_;
};

}  // namespace

bool simplify_scans(Region& region) {
  bool changed = false;
  for (const auto& op : region.ops()) {
    for (size_t i = 0; i < op->region_count(); ++i)
      changed = simplify_scans(op->region(i)) || changed;
  }
  auto rule = [](const Op& op, ir::Builder& builder) -> std::vector<Value*> {
    if (!op.is("scan")) return {};
    const ScanSimplifier simplifier(op);
    return simplifier.changes() ? simplifier.rebuild(builder) : std::vector<Value*>{};
  };
  return rewrite(region, rule) || changed;
}

}  // namespace kiln::passes
