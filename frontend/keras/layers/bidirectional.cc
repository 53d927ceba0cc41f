#include "frontend/keras/layers/bidirectional.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/json/names.h"
#include "frontend/keras/layers/base/inner_layer.h"
#include "frontend/keras/layers/layer_option.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

/// "forward_lstm" from "lstm", and from itself. Masked outputs of whole sequences are zeros, so
/// that both directions' fit together.
std::shared_ptr<RecurrentLayer> in_direction(const RecurrentLayer& layer, const std::string& prefix,
                                             bool backwards) {
  RecurrentRun run = layer.run();
  run.zero_output_for_mask = run.return_sequences;
  run.go_backwards = backwards;
  std::string name = layer.name.empty() ? to_snake_case(layer.class_name()) : layer.name;
  if (!name.starts_with(prefix)) name = prefix + name;
  std::shared_ptr<RecurrentLayer> result = layer.running(run, name);
  result->trainable = layer.trainable;
  result->activity_regularizer = layer.activity_regularizer;
  return result;
}

}  // namespace

Bidirectional::Bidirectional(std::shared_ptr<RecurrentLayer> layer, std::string merge_mode,
                             std::shared_ptr<RecurrentLayer> backward_layer)
    : forward_(std::move(layer)),
      backward_(std::move(backward_layer)),
      merge_mode_(std::move(merge_mode)) {
  if (forward_) Bidirectional::options_were_read();
}

void Bidirectional::options_were_read() {
  const RecurrentLayer& layer = *forward_;
  const bool backwards = layer.run().go_backwards;
  backward_ = backward_ ? in_direction(*backward_, "", backward_->run().go_backwards)
                        : in_direction(layer, "backward_", !backwards);
  forward_ = in_direction(layer, "forward_", backwards);
}

Status Bidirectional::check_layers() const {
  const RecurrentRun forward = forward_->run();
  const RecurrentRun backward = backward_->run();
  const int64_t units = forward_->output_size(), backward_units = backward_->output_size();
  if (forward_->activity_regularizer || backward_->activity_regularizer)
    return Diagnostic{"", "an activity_regularizer of the layers in it is not supported", ""};
  if (forward.go_backwards == backward.go_backwards)
    return Diagnostic{"", "its layers must run in different directions (go_backwards)", ""};
  if (forward.return_sequences != backward.return_sequences ||
      forward.return_state != backward.return_state) {
    return Diagnostic{"", "its layers must agree in return_sequences and return_state", ""};
  }
  constexpr std::string_view kModes[] = {"concat", "sum", "mul", "ave", ""};
  if (std::find(std::begin(kModes), std::end(kModes), merge_mode_) == std::end(kModes)) {
    return Diagnostic{"", fmt::format("unknown merge_mode \"{}\"", merge_mode_),
                      "the modes are concat, sum, mul, ave and null"};
  }
  if (merge_mode_ != "concat" && !merge_mode_.empty() && units != backward_units) {
    return Diagnostic{"",
                      fmt::format("merge_mode \"{}\" needs as many units in both directions, "
                                  "not {} and {}",
                                  merge_mode_, units, backward_units),
                      ""};
  }
  return ok();
}

Expected<LayerBuild> Bidirectional::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_layers());
  const size_t forward_states = inputs.size() > 1 ? forward_->state_count() : 0;
  if (inputs.size() > 1 &&
      inputs.size() != 1 + forward_->state_count() + backward_->state_count()) {
    return Diagnostic{
        "",
        fmt::format("takes a sequence, or a sequence and {} initial states, gets {} "
                    "inputs",
                    forward_->state_count() + backward_->state_count(), inputs.size()),
        ""};
  }
  const auto forward_inputs = inputs.first(std::min(inputs.size(), 1 + forward_states));
  std::vector<LayerInput> backward_inputs(inputs.begin(), inputs.end());
  if (!inputs.empty()) {
    backward_inputs.erase(
        backward_inputs.begin() + 1,
        backward_inputs.begin() + 1 + static_cast<std::ptrdiff_t>(forward_states));
  }
  KILN_ASSIGN(LayerBuild forward, forward_->build(forward_inputs));
  KILN_ASSIGN(LayerBuild backward, backward_->build(backward_inputs));
  LayerBuild build;
  declare_inner_weights(*forward_, "forward_layer", std::move(forward.weights), build.weights);
  declare_inner_weights(*backward_, "backward_layer", std::move(backward.weights), build.weights);
  build.outputs = {forward.outputs[0]};
  if (merge_mode_ == "concat") build.outputs[0].shape.back() += backward.outputs[0].shape.back();
  if (merge_mode_.empty()) build.outputs.push_back(backward.outputs[0]);
  build.outputs.insert(build.outputs.end(), forward.outputs.begin() + 1, forward.outputs.end());
  build.outputs.insert(build.outputs.end(), backward.outputs.begin() + 1, backward.outputs.end());
  return build;
}

Tensor Bidirectional::merged(Tensor forward, Tensor backward) const {
  if (merge_mode_ == "sum") return forward + backward;
  if (merge_mode_ == "mul") return forward * backward;
  if (merge_mode_ == "ave") return (forward + backward) / 2.0;
  return ir::concatenate({forward, backward}, forward.rank() - 1);
}

std::vector<Signal> Bidirectional::call(CallContext& context,
                                        std::span<const Signal> inputs) const {
  const size_t forward_states = inputs.size() > 1 ? forward_->state_count() : 0;
  std::vector<Signal> backward_inputs(inputs.begin(), inputs.end());
  backward_inputs.erase(backward_inputs.begin() + 1,
                        backward_inputs.begin() + 1 + static_cast<std::ptrdiff_t>(forward_states));
  const std::vector<Signal> forward =
      call_inner(*forward_, context, inputs.first(1 + forward_states));
  std::vector<Signal> backward = call_inner(*backward_, context, backward_inputs);
  const bool sequences = forward_->run().return_sequences;
  if (sequences) backward[0].tensor = reverse(backward[0].tensor, {1});
  std::vector<Signal> outputs;
  if (merge_mode_.empty()) {
    outputs = {forward[0], backward[0]};
  } else {
    outputs.push_back({merged(forward[0].tensor, backward[0].tensor), {}, forward[0].mask});
  }
  outputs.insert(outputs.end(), forward.begin() + 1, forward.end());
  outputs.insert(outputs.end(), backward.begin() + 1, backward.end());
  return outputs;
}

OptionList Bidirectional::option_list() {
  return {{"merge_mode", NullableText{&merge_mode_},
           "of both outputs: \"concat\", \"sum\", \"mul\" or \"ave\"; null: both are given"},
          {"layer", &forward_, "the layer that runs forwards", kRequired},
          {"backward_layer", &backward_, "the layer that runs backwards; null: a copy"}};
}

}  // namespace kiln::keras
