#include "frontend/keras/layers/base/layer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ir/indexing.h"

namespace kiln::keras {

// All such arguments are flags, false by default.
Json Layer::call_options() const {
  Json json = Json::object();
  for (const Option& option : const_cast<Layer*>(this)->option_list()) {
    if (!option.has(kOfCall)) continue;
    if (*std::get<bool*>(option.place)) json[std::string(option.key)] = true;
  }
  return json;
}

bool Layer::set_call_option(std::string_view key, const Json& value) {
  if (!value.is_boolean()) return false;
  for (const Option& option : option_list()) {
    if (!option.has(kOfCall) || option.key != key) continue;
    *std::get<bool*>(option.place) = value.get<bool>();
    return true;
  }
  return false;
}

ir::Tensor CallContext::look_up(std::string_view name, ir::Tensor indices) {
  const ir::Tensor rows = take(weight(name), indices, 0);
  weights.lookups.push_back({std::string(name), indices, rows});
  return rows;
}

ir::Tensor CallContext::mask(const Signal& input, const ir::Shape& shape) const {
  if (!input.mask || input.mask.shape() == shape) return input.mask;
  refuse({"",
          fmt::format("needs a mask of shape {} for its input {}, gets {}", show_shape(shape),
                      show_shape(input.tensor.shape()), show_shape(input.mask.shape())),
          ""});
  return {};
}

void CallContext::refuse(Diagnostic refusal) const {
  KILN_CHECK(error != nullptr, "{}", refusal.message);
  if (!*error) *error = std::move(refusal);
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
