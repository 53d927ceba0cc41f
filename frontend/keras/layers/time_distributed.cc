#include "frontend/keras/layers/time_distributed.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/json/names.h"
#include "frontend/keras/layers/base/inner_layer.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/layer_option.h"

namespace kiln::keras {

using ir::Tensor;

TimeDistributed::TimeDistributed(LayerPointer layer) : layer_(std::move(layer)) {
  if (layer_ && layer_->name.empty()) layer_->name = to_snake_case(layer_->class_name());
}

Expected<LayerBuild> TimeDistributed::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  if (input.type.rank() < 3) {
    return Diagnostic{"",
                      fmt::format("needs inputs of shape (batch, time, ...), gets {} from \"{}\"",
                                  show_shape(input.type.shape), input.from),
                      ""};
  }
  if (layer_->activity_regularizer)
    return Diagnostic{"", "an activity_regularizer of the layer in it is not supported", ""};
  LayerInput slice = input;
  slice.type.shape.erase(slice.type.shape.begin() + 1);
  KILN_ASSIGN(LayerBuild inner, layer_->build({&slice, 1}));
  const bool updates = std::any_of(inner.weights.begin(), inner.weights.end(),
                                   [](const WeightSpec& weight) { return !weight.trainable; });
  if (updates || inner.outputs.size() != 1) {
    return Diagnostic{"", fmt::format("a {} in it is not supported", layer_->class_name()),
                      "kiln takes layers of one output that change no weights as they run"};
  }
  LayerBuild build;
  declare_inner_weights(*layer_, "layer", std::move(inner.weights), build.weights);
  build.outputs = {inner.outputs[0]};
  build.outputs[0].shape.insert(build.outputs[0].shape.begin() + 1, input.type.shape[1]);
  return build;
}

/// [batch, time, ...] to [batch * time, ...].
Tensor TimeDistributed::mask_of_slices(CallContext& context, const Signal& input) const {
  if (!input.mask) return {};
  ir::Shape shape = input.mask.shape();
  if (shape.size() < 2) {
    context.refuse(
        {"", fmt::format("needs a mask of (batch, time, ...), gets {}", show_shape(shape)), ""});
    return {};
  }
  const int64_t batch = shape[0];
  shape.erase(shape.begin());
  shape[0] *= batch;
  return reshape(input.mask, shape);
}

// Every slice is a row of a larger batch.
std::vector<Signal> TimeDistributed::call(CallContext& context,
                                          std::span<const Signal> inputs) const {
  const Tensor x = inputs[0].tensor;
  const int64_t batch = x.shape()[0], time = x.shape()[1];
  ir::Shape rows(x.shape().begin() + 1, x.shape().end());
  rows[0] = batch * time;
  CallContext slices = context;
  if (context.real_rows) {
    slices.real_rows =
        reshape(broadcast_in_dim(context.real_rows, {batch, time}, {0}), {batch * time});
    slices.row_count = context.row_count * static_cast<double>(time);
  }
  Signal slice{reshape(x, rows), {}};
  if (layer_->takes_mask()) slice.mask = mask_of_slices(context, inputs[0]);
  const Tensor y = call_inner(*layer_, slices, {&slice, 1})[0].tensor;
  ir::Shape shape = y.shape();
  shape[0] = time;
  shape.insert(shape.begin(), batch);
  return {{reshape(y, shape), {}}};
}

OptionList TimeDistributed::option_list() {
  return {{"layer", &layer_, "the layer of a time step", kRequired}};
}

}  // namespace kiln::keras
