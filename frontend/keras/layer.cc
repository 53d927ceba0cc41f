#include "frontend/keras/layer.h"

#include <nlohmann/json.hpp>

#include "ir/indexing.h"

namespace kiln::keras {

Json Layer::call_options() const { return Json::object(); }

bool Layer::set_call_option(std::string_view, const Json&) { return false; }

ir::Tensor CallContext::look_up(std::string_view name, ir::Tensor indices) {
  const ir::Tensor rows = take(weight(name), indices, 0);
  weights.lookups.push_back({std::string(name), indices, rows});
  return rows;
}

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
