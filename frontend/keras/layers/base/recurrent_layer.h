// Layers that run along time with states, whatever a step of them is: what Bidirectional takes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// How such a layer runs.
struct RecurrentRun {
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;              ///< a batch begins with the states that the last one left
  bool zero_output_for_mask = false;  ///< else the output before is repeated
};

/// [batch, time, ...] to the last step's output or, with return_sequences, every step's; with
/// return_state the last states follow. Further inputs are the initial states. A stateful layer
/// keeps its states in variables, which begin as zeros: a batch starts from what the batch before
/// left, in training, evaluation and prediction alike.
class RecurrentLayer : public Layer {
 public:
  bool takes_mask() const override { return true; }
  std::vector<std::string_view> argument_names() const override {
    return {"sequences", "initial_state"};
  }

  virtual RecurrentRun run() const = 0;
  /// The same layer, run in another way and called otherwise.
  virtual std::shared_ptr<RecurrentLayer> running(const RecurrentRun& run,
                                                  const std::string& layer_name) const = 0;
  virtual size_t state_count() const = 0;
  bool is_stateful() const override { return run().stateful; }
  /// How many features a step puts out.
  virtual int64_t output_size() const = 0;

 protected:
  /// Whether the first input is sequences of features, and all others are states of output_size()
  /// numbers.
  Status check_sequence_and_states(std::span<const LayerInput> inputs) const;
  /// Declares the variables of a stateful layer's states, of these types; of another nothing.
  void declare_states(std::span<const ir::Type> states, std::vector<WeightSpec>& weights) const;
  /// The states before the first step, of these types: those that are given, [batch, ...] each;
  /// else those that the last batch left, or zeros.
  std::vector<ir::Tensor> first_states(CallContext& context, std::span<const Signal> given,
                                       std::span<const ir::Type> types) const;
  /// Leaves a stateful layer's states to the next batch. Rows of padding keep theirs.
  void keep_states(CallContext& context, std::span<const ir::Tensor> states) const;
};

/// An options' part that says how a layer runs.
template <typename Options>
RecurrentRun run_of(const Options& o) {
  return {o.return_sequences, o.return_state, o.go_backwards, o.stateful, o.zero_output_for_mask};
}
/// The options of the same layer, run in another way and called otherwise.
template <typename Options>
Options running(Options o, const RecurrentRun& run, const std::string& layer_name) {
  o.return_sequences = run.return_sequences;
  o.return_state = run.return_state;
  o.go_backwards = run.go_backwards;
  o.stateful = run.stateful;
  o.zero_output_for_mask = run.zero_output_for_mask;
  o.name = layer_name;
  return o;
}

}  // namespace kiln::keras
