#include "frontend/keras/layer.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

Json Layer::call_options() const { return Json::object(); }

bool Layer::set_call_option(std::string_view, const Json&) { return false; }

std::vector<Signal> call_layer(const Layer& layer, CallContext& context,
                               std::span<const Signal> inputs) {
  std::vector<Signal> outputs = layer.call(context, inputs);
  if (!layer.passes_mask() || inputs.empty()) return outputs;
  for (Signal& output : outputs) {
    if (!output.mask) output.mask = inputs[0].mask;
  }
  return outputs;
}

}  // namespace kiln::keras
