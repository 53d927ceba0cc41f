#include "frontend/keras/layers/conv_lstm.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/layers/base/kernel_options.h"
#include "frontend/keras/layers/base/recurrence.h"
#include "frontend/keras/layers/base/recurrent_options.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

constexpr auto kF32 = ir::ElementType::f32;
constexpr int64_t kGates = 4;
constexpr const char* kCell = "conv_lstm_cell";

/// What arrives in a step: the input without its time.
LayerInput slice_of(const LayerInput& input) {
  LayerInput slice = input;
  slice.type.shape.erase(slice.type.shape.begin() + 1);
  return slice;
}

}  // namespace

ConvLSTM::ConvLSTM(size_t rank, ConvLSTMOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
}

SlidingWindow ConvLSTM::input_window() const { return kernel_window(rank_, options_); }

SlidingWindow ConvLSTM::state_window() const {
  SlidingWindow window = input_window();
  window.strides = 1;
  window.dilation = 1;
  window.padding = "same";
  return window;
}

Expected<LayerBuild> ConvLSTM::build(std::span<const LayerInput> inputs) const {
  const ConvLSTMOptions& o = options_;
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, static_cast<int64_t>(rank_) + 3));
  const LayerInput slice = slice_of(input);
  KILN_ASSIGN(const int64_t channels, check_kernel_options(rank_, o, slice));
  KILN_TRY(input_window().check_strides_or_dilation());
  KILN_TRY(check(o.recurrent_activation));
  KILN_TRY(check(o.kernel_initializer));
  KILN_TRY(check(o.recurrent_initializer));
  if (o.filters <= 0)
    return Diagnostic{"", fmt::format("filters must be positive, not {}", o.filters), ""};
  KILN_ASSIGN(ir::Shape state, input_window().result_shape(slice, o.filters));
  for (size_t d = 1; d < state.size(); ++d) {
    if (state[d] != kNone) continue;
    return Diagnostic{"",
                      fmt::format("needs images of known height and width, gets {} from \"{}\"",
                                  show_shape(input.type.shape), input.from),
                      ""};
  }
  ir::Shape kernel = o.kernel_size.spelled_out(rank_), recurrent = kernel;
  kernel.insert(kernel.end(), {channels, kGates * o.filters});
  recurrent.insert(recurrent.end(), {o.filters, kGates * o.filters});
  Initializer bias = o.bias_initializer;
  if (o.unit_forget_bias) bias.ones = {o.filters, 2 * o.filters};
  LayerBuild build;
  build.weights =
      cell_weights(kCell, o, {std::move(kernel), std::move(recurrent), {kGates * o.filters}}, bias);
  const std::vector<ir::Type> states(state_count(), {kF32, state});
  declare_states(states, build.weights);
  ir::Shape output = state;
  if (o.return_sequences) output.insert(output.begin() + 1, input.type.shape[1]);
  build.outputs = {{kF32, std::move(output)}};
  if (o.return_state) build.outputs.insert(build.outputs.end(), states.begin(), states.end());
  return build;
}

std::vector<Tensor> ConvLSTM::step(Tensor z, Tensor h, Tensor c, Tensor recurrent_kernel) const {
  const SlidingWindow window = state_window();
  z = z + convolution(h, recurrent_kernel, convolution_of(window, h.shape()));
  const auto channel = static_cast<size_t>(window.channel_dimension());
  auto gate = [&](int64_t which, const ActivationFunction& activation) {
    ir::Integers starts(z.shape().size(), 0), limits = z.shape();
    starts[channel] = which * options_.filters;
    limits[channel] = (which + 1) * options_.filters;
    return apply(activation, {slice(z, starts, limits), {}}).tensor;
  };
  const Tensor i = gate(0, options_.recurrent_activation);
  const Tensor f = gate(1, options_.recurrent_activation);
  const Tensor kept = f * c;
  const Tensor next = kept + i * gate(2, options_.activation);
  const Tensor o = gate(3, options_.recurrent_activation);
  return {o * apply(options_.activation, {next, {}}).tensor, next};
}

std::vector<Signal> ConvLSTM::call(CallContext& context, std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, kF32);
  const int64_t batch = x.shape()[0], time = x.shape()[1];
  // The inputs' convolutions are of all steps at once: they do not depend on the states.
  ir::Shape images(x.shape().begin() + 1, x.shape().end());
  images[0] = batch * time;
  const SlidingWindow window = input_window();
  Tensor z = convolution(reshape(x, images), context.weight("conv_lstm_cell/kernel"),
                         convolution_of(window, images));
  if (options_.use_bias) z = add_bias(z, context.weight("conv_lstm_cell/bias"), window);
  ir::Shape sequence = z.shape(), state = z.shape();
  sequence[0] = time;
  sequence.insert(sequence.begin(), batch);
  state[0] = batch;
  state[static_cast<size_t>(window.channel_dimension())] = options_.filters;

  Recurrence recurrence;
  recurrence.sequence = reshape(z, sequence);
  recurrence.mask = context.mask(inputs[0], {batch, time});
  recurrence.states =
      first_states(context, {}, std::vector<ir::Type>(state_count(), {kF32, state}));
  recurrence.weights = {context.weight("conv_lstm_cell/recurrent_kernel")};
  const RecurrenceResults results = recur(
      std::move(recurrence), options_,
      [&](Tensor gates, const std::vector<Tensor>& states, const std::vector<Tensor>& weights) {
        return step(gates, states[0], states[1], weights[0]);
      });
  keep_states(context, results.states);
  return outputs_of(results, options_, inputs[0]);
}

OptionList ConvLSTM::option_list() {
  ConvLSTMOptions& o = options_;
  const OptionList filters = {{"filters", &o.filters, "how many channels come out", kRequired}};
  const OptionList activations = {
      {"activation", &o.activation, "of the outputs"},
      {"recurrent_activation", &o.recurrent_activation, "of the gates"}};
  const OptionList forget = {
      {"unit_forget_bias", &o.unit_forget_bias, "the forget gate's bias begins as 1"}};
  const OptionList dropouts = {
      {"dropout", Fixed{{0.0}}, "part of the inputs that is dropped"},
      {"recurrent_dropout", Fixed{{0.0}}, "part of the states that is dropped"},
      {"seed", Ignored{}, "of the dropouts' draws"}};
  OptionList penalties = cell_penalty_options(o);
  // Where Keras writes it.
  const auto constraints = std::ranges::find(penalties, "kernel_constraint", &Option::key);
  penalties.insert(constraints, activity_option(activity_regularizer)[0]);
  return run_options(o) + mask_options(o) + filters + kernel_window_options(rank_, o) +
         kernel_layout_options(rank_, o) + activations + cell_initializer_options(o) + forget +
         penalties + dropouts;
}

}  // namespace kiln::keras
