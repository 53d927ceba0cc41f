#include "frontend/keras/layers/one_input.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace kiln::keras {

Expected<LayerInput> only_input(std::span<const LayerInput> inputs) {
  if (inputs.size() == 1) return inputs[0];
  return Diagnostic{"", fmt::format("takes one input, gets {}", inputs.size()), ""};
}

Status check_rank(const LayerInput& input, int64_t rank) {
  if (input.type.rank() == rank) return ok();
  return Diagnostic{"",
                    fmt::format("needs inputs of {} dimensions with the batch, gets {} from \"{}\"",
                                rank, show_shape(input.type.shape), input.from),
                    ""};
}

std::string show_shape(const ir::Shape& shape) {
  std::string text;
  for (int64_t d : shape)
    text += (text.empty() ? "" : ", ") + (d == kNone ? "None" : std::to_string(d));
  // As Python shows a tuple of one.
  return shape.size() == 1 ? "(" + text + ",)" : "(" + text + ")";
}

Expected<ActivationFunction> read_activation(ConfigReader& config, std::string_view key) {
  const Json& value = config.value(key);
  if (value.is_null()) return ActivationFunction();
  if (!value.is_string()) {
    return Diagnostic{
        config.where(),
        fmt::format("\"{}\": only activations by name are supported, not {}", key, excerpt(value)),
        "put the activation into a layer of its own"};
  }
  ActivationFunction activation(value.get<std::string>());
  if (auto checked = check(activation); !checked) {
    return Diagnostic{config.where(), checked.error().message, checked.error().note};
  }
  return activation;
}

Expected<Initializer> read_initializer(ConfigReader& config, std::string_view key,
                                       std::string_view fallback) {
  const Json& value = config.value(key);
  if (value.is_null()) return Initializer(fallback);
  return read_initializer(value, fmt::format("{}: {}", config.where(), key));
}

}  // namespace kiln::keras
