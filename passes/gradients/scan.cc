// The reverse scan carries the adjoints of the carries, and the sums of the invariants' adjoints.
// Its body is found by differentiating the body in place, and is then moved out: what it reads of
// the forward step becomes an operand, stacked where it differs from step to step.
#include "passes/gradients/scan.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "ir/cloner.h"
#include "ir/scan.h"
#include "passes/free_ops.h"
#include "passes/gradients/reverse_walk.h"

namespace kiln::passes {
namespace {

using ir::Op;
using ir::Region;
using ir::Tensor;
using ir::Value;

class ScanGradient {
 public:
  ScanGradient(Op& scan, ir::Builder& builder, const std::vector<Tensor>& adjoints,
               const std::vector<bool>& active)
      : scan_(scan),
        body_(scan.region()),
        builder_(builder),
        parts_(parts_of(scan)),
        adjoints_(adjoints),
        active_(active),
        forward_ops_(body_.ops().size()),
        forward_arguments_(body_.argument_count()) {}

  Expected<std::vector<Tensor>> run() {
    KILN_TRY(differentiate_body());
    find_reads();
    const std::vector<Tensor> contributions = build();
    restore_body();
    return contributions;
  }

 private:
  bool is_float_carry(size_t i) const {
    return parts_.is_carry(i) && is_float(body_.argument(i)->type().element);
  }

  /// Adds an adjoint of each float carry and of each output that has one as arguments of the body,
  /// and walks back from them.
  Status differentiate_body() {
    const std::vector<Value*> results = body_.results();
    ir::Builder inner(body_);
    Adjoints seeds;
    auto seed = [&](size_t result) {
      const Tensor adjoint = inner.wrap(body_.add_argument(results[result]->type()));
      Tensor& sum = seeds[results[result]];
      sum = sum ? sum + adjoint : adjoint;
      return adjoint.value;
    };
    for (size_t i = 0; i < parts_.carries; ++i) {
      if (is_float_carry(i)) carry_seeds_.emplace_back(i, seed(i));
    }
    for (size_t i = parts_.carries; i < results.size(); ++i) {
      if (adjoints_[i]) output_seeds_.emplace_back(i, seed(i));
    }
    for (size_t i = 0; i < forward_arguments_; ++i) {
      if (is_float_carry(i) || (!parts_.is_carry(i) && active_[i])) wanted_.push_back(i);
    }
    std::vector<Value*> values;
    for (size_t i : wanted_) values.push_back(body_.argument(i));
    KILN_ASSIGN(const auto found, reverse_walk(inner, values, std::move(seeds)));
    for (size_t w = 0; w < wanted_.size(); ++w) argument_adjoints_[wanted_[w]] = found[w].value;
    return ok();
  }

  /// The values of the forward step that the gradient's ops read: what cannot be computed anew at
  /// no cost.
  void find_reads() {
    for (size_t i = 0; i < forward_ops_; ++i) {
      for (size_t r = 0; r < body_.ops()[i]->result_count(); ++r)
        forward_.insert(body_.ops()[i]->result(r));
    }
    for (size_t i = forward_ops_; i < body_.ops().size(); ++i) {
      for (Value* operand : body_.ops()[i]->operands()) read(operand);
    }
    for (const auto& [argument, adjoint] : argument_adjoints_) {
      if (adjoint != nullptr) read(adjoint);
    }
  }

  void read(Value* value) {
    if (value->is_argument()) {
      const auto i = static_cast<size_t>(value->index());
      if (i >= forward_arguments_) return;  // an adjoint
      if (parts_.is_carry(i)) {
        insert(residuals_, value);
      } else {
        insert(parts_.is_stacked(i) ? stacked_ : invariants_, value);
      }
    } else if (forward_.contains(value)) {
      if (!is_free(*value->op())) return insert(residuals_, value);
      for (Value* operand : value->op()->operands()) read(operand);
    }
  }

  static void insert(std::vector<Value*>& list, Value* value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
  }

  /// The scan's output that holds the value of every step; added where there is none.
  Value* residual_output(Value* value) {
    std::vector<Value*> results = body_.results();
    const auto begin = results.begin() + static_cast<std::ptrdiff_t>(parts_.carries);
    const auto found = std::find(begin, results.end(), value);
    const auto at = static_cast<size_t>(found - results.begin());
    if (found == results.end()) {
      results.push_back(value);
      body_.set_results(std::move(results));
      scan_.add_result(stacked_type(value->type(), parts_.trip_count));
    }
    return scan_.result(at);
  }

  /// The arguments whose adjoints are sums over the steps.
  std::vector<size_t> summed_arguments() const {
    std::vector<size_t> summed;
    for (size_t i : wanted_) {
      if (!parts_.is_carry(i) && !parts_.is_stacked(i) && argument_adjoints_.at(i))
        summed.push_back(i);
    }
    return summed;
  }
  /// The arguments whose adjoints are stacked.
  std::vector<size_t> sliced_arguments() const {
    std::vector<size_t> sliced;
    for (size_t i : wanted_) {
      if (parts_.is_stacked(i) && argument_adjoints_.at(i)) sliced.push_back(i);
    }
    return sliced;
  }

  std::vector<Tensor> build() {
    const std::vector<size_t> summed = summed_arguments();
    const std::vector<size_t> sliced = sliced_arguments();
    ir::ScanInputs inputs;
    for (const auto& [result, seed] : carry_seeds_) {
      inputs.carries.push_back(adjoints_[result] ? adjoints_[result]
                                                 : builder_.constant(0, seed->type()));
    }
    for (size_t i : summed)
      inputs.carries.push_back(builder_.constant(0, body_.argument(i)->type()));
    for (const auto& [result, seed] : output_seeds_) inputs.stacked.push_back(adjoints_[result]);
    for (Value* value : residuals_) inputs.stacked.push_back(builder_.wrap(residual_output(value)));
    for (Value* value : stacked_) inputs.stacked.push_back(operand_of(value));
    for (Value* value : invariants_) inputs.invariants.push_back(operand_of(value));
    const ir::ScanResults results = ir::scan(builder_, inputs, parts_.trip_count, !parts_.reverse,
                                             [&](ir::Builder& inner, const ir::ScanInputs& step) {
                                               return build_step(inner, step, summed, sliced);
                                             });
    std::vector<Tensor> contributions(forward_arguments_);
    for (size_t c = 0; c < carry_seeds_.size(); ++c) {
      if (active_[carry_seeds_[c].first]) contributions[carry_seeds_[c].first] = results.carries[c];
    }
    for (size_t s = 0; s < summed.size(); ++s)
      contributions[summed[s]] = results.carries[carry_seeds_.size() + s];
    for (size_t s = 0; s < sliced.size(); ++s) contributions[sliced[s]] = results.outputs[s];
    return contributions;
  }

  Tensor operand_of(const Value* argument) {
    return builder_.wrap(scan_.operand(static_cast<size_t>(argument->index())));
  }

  ir::ScanResults build_step(ir::Builder& inner, const ir::ScanInputs& step,
                             const std::vector<size_t>& summed, const std::vector<size_t>& sliced) {
    ir::Cloner cloner(inner.region());
    map_arguments(step, cloner);
    // Free ops of the forward step are copied with what reads them.
    auto moved = [&](const Value* value) { return inner.wrap(cloner.copy_with_sources(value)); };
    for (size_t i = forward_ops_; i < body_.ops().size(); ++i) {
      for (const Value* operand : body_.ops()[i]->operands()) moved(operand);
      cloner.copy(*body_.ops()[i]);
    }
    ir::ScanResults results;
    for (const auto& [i, seed] : carry_seeds_) {
      Value* adjoint = argument_adjoints_.at(i);
      results.carries.push_back(adjoint ? moved(adjoint) : inner.constant(0, seed->type()));
    }
    for (size_t s = 0; s < summed.size(); ++s) {
      const Tensor sum = step.carries[carry_seeds_.size() + s];
      results.carries.push_back(sum + moved(argument_adjoints_.at(summed[s])));
    }
    for (size_t i : sliced) results.outputs.push_back(moved(argument_adjoints_.at(i)));
    return results;
  }

  /// What stands in the new body for the values that come in.
  void map_arguments(const ir::ScanInputs& step, ir::Cloner& cloner) const {
    for (size_t c = 0; c < carry_seeds_.size(); ++c)
      cloner.map(carry_seeds_[c].second, step.carries[c].value);
    size_t next = 0;
    for (const auto& [result, seed] : output_seeds_) cloner.map(seed, step.stacked[next++].value);
    for (const Value* value : residuals_) cloner.map(value, step.stacked[next++].value);
    for (const Value* value : stacked_) cloner.map(value, step.stacked[next++].value);
    for (size_t i = 0; i < invariants_.size(); ++i)
      cloner.map(invariants_[i], step.invariants[i].value);
  }

  /// Takes the adjoints' ops and arguments out of the body again.
  void restore_body() {
    std::vector<std::unique_ptr<Op>> ops = body_.take_ops();
    for (size_t i = 0; i < forward_ops_; ++i) body_.append(std::move(ops[i]));
    while (ops.size() > forward_ops_) ops.pop_back();
    while (body_.argument_count() > forward_arguments_)
      body_.remove_argument(body_.argument_count() - 1);
  }

  Op& scan_;
  Region& body_;
  ir::Builder& builder_;
  const ir::ScanParts parts_;
  const std::vector<Tensor>& adjoints_;
  const std::vector<bool>& active_;
  const size_t forward_ops_;
  const size_t forward_arguments_;
  /// Which result of the scan, and the body's argument for its adjoint.
  std::vector<std::pair<size_t, Value*>> carry_seeds_, output_seeds_;
  std::vector<size_t> wanted_;  ///< arguments whose adjoints are looked for
  std::unordered_map<size_t, Value*> argument_adjoints_;  ///< null: none
  std::unordered_set<const Value*> forward_;              ///< results of the forward ops
  std::vector<Value*> residuals_, stacked_, invariants_;
};

}  // namespace

Expected<std::vector<Tensor>> scan_gradient(Op& scan, ir::Builder& builder,
                                            const std::vector<Tensor>& adjoints,
                                            const std::vector<bool>& active) {
  return ScanGradient(scan, builder, adjoints, active).run();
}

}  // namespace kiln::passes
