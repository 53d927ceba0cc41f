#include "frontend/keras/layers/input.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace kiln::keras {

Input::Input(InputOptions options) : options_(std::move(options)) { name = options_.name; }

Expected<LayerPointer> Input::read(ConfigReader& config) {
  InputOptions options;
  const char* key = config.has("batch_input_shape") ? "batch_input_shape" : "batch_shape";
  const ir::Shape shape = config.integers(key);
  if (shape.empty()) config.fail(fmt::format("\"{}\" must begin with the batch", key));
  if (!shape.empty()) options.shape.assign(shape.begin() + 1, shape.end());
  options.dtype = config.string("dtype", "float32");
  config.only("sparse", {false, nullptr});
  config.only("ragged", {false, nullptr});
  config.only("optional", {false, nullptr});
  return LayerPointer(std::make_shared<Input>(std::move(options)));
}

Expected<ir::ElementType> element_type_of(std::string_view dtype) {
  if (dtype == "float32") return ir::ElementType::f32;
  if (dtype == "int32") return ir::ElementType::i32;
  return Diagnostic{"", fmt::format("dtype \"{}\" is not supported for inputs", dtype),
                    "use float32 or int32"};
}

Expected<LayerBuild> Input::build(std::span<const LayerInput>) const {
  KILN_ASSIGN(const ir::ElementType element, element_type_of(options_.dtype));
  ir::Shape shape = {kNone};
  for (int64_t extent : options_.shape) {
    if (extent != kNone && extent <= 0)
      return Diagnostic{"", fmt::format("an extent of {} holds no data", extent), ""};
    shape.push_back(extent);
  }
  return LayerBuild{{}, {{element, std::move(shape)}}};
}

// The step function's argument takes this layer's place.
std::vector<Signal> Input::call(CallContext&, std::span<const Signal> inputs) const {
  return {inputs.begin(), inputs.end()};
}

void Input::write_config(Json& config) const {
  Json shape = Json::array({nullptr});
  for (int64_t extent : options_.shape) shape.push_back(extent == kNone ? Json() : Json(extent));
  config["batch_shape"] = std::move(shape);
  config["dtype"] = options_.dtype;
  config["sparse"] = false;
  config["ragged"] = false;
  config["name"] = name;
  config["optional"] = false;
}

}  // namespace kiln::keras
