// What SimpleRNN, GRU and LSTM have in common: all but the cell, which is one step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/recurrent_layer.h"

namespace kiln::keras {

/// Keras's options, of the layer and of its cell. What a cell does not have keeps its default.
struct RecurrentOptions {
  int64_t units = 0;
  ActivationFunction activation = "tanh";
  ActivationFunction recurrent_activation = "sigmoid";  ///< of GRU's and LSTM's gates
  bool use_bias = true;
  Initializer kernel_initializer = "GlorotUniform";
  Initializer recurrent_initializer = "Orthogonal";
  Initializer bias_initializer = "Zeros";
  Regularizer kernel_regularizer = {}, recurrent_regularizer = {}, bias_regularizer = {};
  Constraint kernel_constraint = {}, recurrent_constraint = {}, bias_constraint = {};
  bool unit_forget_bias = true;  ///< LSTM: its forget gate's bias begins as one
  bool reset_after = true;       ///< GRU: the reset gate applies after the product, not before
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;              ///< a batch begins with the states that the last one left
  bool zero_output_for_mask = false;  ///< else the output before is repeated
  double dropout = 0;                 ///< of the inputs, by one draw for all time steps
  double recurrent_dropout = 0;       ///< of the states, likewise; then each gate has its own draws
  std::optional<int64_t> seed = {};   ///< of the draws
  std::string name = "";
};

/// [batch, time, features] to [batch, units] or, with return_sequences, [batch, time, units]; with
/// return_state the last states, [batch, units] each, follow. Further inputs are the initial
/// states. Where the input is masked, states stay as they are; but with initial states masks do not
/// count.
class Recurrent : public RecurrentLayer {
 public:
  explicit Recurrent(RecurrentOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

  const RecurrentOptions& options() const { return options_; }
  /// The same layer with other options.
  virtual std::shared_ptr<Recurrent> with_options(RecurrentOptions options) const = 0;
  /// How many states there are; the first is the output.
  size_t state_count() const override { return 1; }
  RecurrentRun run() const override { return run_of(options_); }
  std::shared_ptr<RecurrentLayer> running(const RecurrentRun& run,
                                          const std::string& layer_name) const override {
    return with_options(keras::running(options_, run, layer_name));
  }
  int64_t output_size() const override { return options_.units; }

  // The cell alone, for a layer that runs cells.

  /// Keras's class of the cell: "LSTMCell".
  std::string cell_class() const;
  /// Its options, in the order in which Keras writes them.
  OptionList cell_option_list();
  Status check_cell() const;
  /// Its weights for inputs of that many features: "PREFIX/kernel", ...
  std::vector<WeightSpec> weights_of_cell(std::string_view prefix, int64_t features) const;
  /// The state of its generator, where it draws.
  std::optional<WeightSpec> generator() const;
  /// What all steps work with.
  struct StepValues {
    std::vector<ir::Tensor> values;  ///< kernels, bias, and draws of the dropouts
    size_t input_masks = 0;          ///< how many of the draws are the inputs'
  };
  /// For inputs of [batch, features]; `prefix` is in front of the weights' names.
  StepValues step_values(CallContext& context, std::string_view prefix, int64_t batch,
                         int64_t features) const;
  /// The states after a step. `values`: StepValues::values as the step sees them.
  std::vector<ir::Tensor> cell_step(ir::Tensor x, const std::vector<ir::Tensor>& states,
                                    std::span<const ir::Tensor> values, size_t input_masks) const {
    return step(x, states, weights_of_step(values, input_masks));
  }

 protected:
  /// What a step works with besides its input and the states.
  struct Weights {
    ir::Tensor kernel;            ///< [features, gates * units]
    ir::Tensor recurrent_kernel;  ///< [units, gates * units]
    ir::Tensor bias;              ///< bias_shape(); null without use_bias
    /// What inputs and states are multiplied by before they meet their kernels, [batch, features]
    /// and [batch, units]: nothing, one for all gates, or one for each.
    std::vector<ir::Tensor> input_masks, state_masks;
  };

  /// Gates whose kernels lie side by side.
  virtual int64_t gate_count() const = 0;
  virtual std::string_view cell_name() const = 0;
  virtual ir::Shape bias_shape() const { return {gate_count() * options_.units}; }
  virtual Initializer bias_initializer() const { return options_.bias_initializer; }
  /// The states after a step. x: [batch, features]; states: [batch, units] each.
  virtual std::vector<ir::Tensor> step(ir::Tensor x, const std::vector<ir::Tensor>& states,
                                       const Weights& weights) const = 0;
  /// x · kernel, with x multiplied by the masks: one, or one for each gate whose columns the kernel
  /// has.
  ir::Tensor masked_product(ir::Tensor x, ir::Tensor kernel,
                            std::span<const ir::Tensor> masks) const;
  /// Columns [gate * units, (gate + count) * units).
  ir::Tensor gates(ir::Tensor all, int64_t gate, int64_t count = 1) const;
  /// A cell's own options, where Keras writes them: after the activation, after the initializers,
  /// at the end.
  virtual OptionList gate_options(RecurrentOptions& options) const;
  virtual OptionList bias_options(RecurrentOptions&) const { return {}; }
  virtual OptionList cell_options(RecurrentOptions& options) const;

 private:
  Status check_inputs(std::span<const LayerInput> inputs) const;
  Status check_dropout() const;
  /// Draws of [batch, features] while training; none where the rate is 0.
  std::vector<ir::Tensor> draw_masks(CallContext& context, double rate,
                                     const ir::Shape& shape) const;
  Weights weights_of_step(std::span<const ir::Tensor> all, size_t input_masks) const;
  /// For sequences of that many rows.
  std::vector<ir::Type> state_types(int64_t batch) const;

  RecurrentOptions options_;
};

}  // namespace kiln::keras
