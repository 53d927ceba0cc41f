// What all recurrent layers have in common, whose cells have a kernel for the input, one for the
// states, and a bias.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/recurrence.h"

namespace kiln::keras {

/// How a layer runs along time, the first of its options.
template <typename Options>
OptionList run_options(Options& o) {
  return {
      {"return_sequences", &o.return_sequences, "give the output of each step, not only the last"},
      {"return_state", &o.return_state, "give the last states, too"},
      {"go_backwards", &o.go_backwards, "from the last step to the first"},
      {"stateful", &o.stateful, "begin a batch with the states that the one before it left"},
      {"unroll", Ignored{false}, "how Keras runs it"}};
}
template <typename Options>
OptionList mask_options(Options& o) {
  return {{"zero_output_for_mask", &o.zero_output_for_mask,
           "give zeros where the input is masked, not the output before"}};
}

/// The weights' options, in two runs: others may stand between them.
template <typename Options>
OptionList cell_initializer_options(Options& o) {
  return {{"use_bias", &o.use_bias, "add a bias"},
          {"kernel_initializer", &o.kernel_initializer, "first values of the inputs' kernel"},
          {"recurrent_initializer", &o.recurrent_initializer, "first values of the states' kernel"},
          {"bias_initializer", &o.bias_initializer, "first values of the bias"}};
}
template <typename Options>
OptionList cell_penalty_options(Options& o) {
  return {
      {"kernel_regularizer", &o.kernel_regularizer, "what the inputs' kernel adds to the loss"},
      {"recurrent_regularizer", &o.recurrent_regularizer,
       "what the states' kernel adds to the loss"},
      {"bias_regularizer", &o.bias_regularizer, "what the bias adds to the loss"},
      {"kernel_constraint", &o.kernel_constraint, "on the inputs' kernel after each update"},
      {"recurrent_constraint", &o.recurrent_constraint, "on the states' kernel after each update"},
      {"bias_constraint", &o.bias_constraint, "on the bias after each update"}};
}

/// Of the layer, which writes it in any case.
inline OptionList activity_option(Regularizer& activity_regularizer) {
  return {{"activity_regularizer", &activity_regularizer, "what the outputs add to the loss"}};
}

/// The shapes of a cell's weights.
struct CellShapes {
  ir::Shape kernel, recurrent_kernel, bias;
};

/// The weights of the cell called `cell`, f32. `bias`: how its bias begins.
template <typename Options>
std::vector<WeightSpec> cell_weights(std::string_view cell, const Options& o, CellShapes shapes,
                                     const Initializer& bias) {
  std::vector<WeightSpec> weights;
  auto declare = [&](const char* weight, ir::Shape shape, const Initializer& initializer,
                     const Regularizer& regularizer, const Constraint& constraint) {
    weights.push_back({fmt::format("{}/{}", cell, weight),
                       {ir::ElementType::f32, std::move(shape)},
                       initializer,
                       true,
                       regularizer,
                       constraint,
                       "cell"});
  };
  declare("kernel", std::move(shapes.kernel), o.kernel_initializer, o.kernel_regularizer,
          o.kernel_constraint);
  declare("recurrent_kernel", std::move(shapes.recurrent_kernel), o.recurrent_initializer,
          o.recurrent_regularizer, o.recurrent_constraint);
  if (o.use_bias) {
    declare("bias", std::move(shapes.bias), bias, o.bias_regularizer, o.bias_constraint);
  }
  return weights;
}

/// What a layer's options say of how it runs `recurrence`, which has its tensors.
template <typename Options>
RecurrenceResults recur(Recurrence recurrence, const Options& o, const RecurrentStep& step) {
  recurrence.backwards = o.go_backwards;
  recurrence.zero_output_for_mask = o.zero_output_for_mask;
  recurrence.all_outputs = o.return_sequences;
  return recur(recurrence, step);
}

/// What a layer gives for `input`: its output and, with return_state, the last states.
template <typename Options>
std::vector<Signal> outputs_of(const RecurrenceResults& results, const Options& o,
                               const Signal& input) {
  std::vector<Signal> outputs = {{results.output, {}}};
  if (o.return_sequences) outputs[0].mask = input.mask;
  if (o.return_state) {
    for (const ir::Tensor& state : results.states) outputs.push_back({state, {}});
  }
  return outputs;
}

}  // namespace kiln::keras
