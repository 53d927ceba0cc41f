#include "frontend/keras/layers/dropout.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {

Dropout::Dropout(DropoutOptions options)
    : NoiseLayer("rate", options.rate, options.seed), noise_shape_(std::move(options.noise_shape)) {
  name = std::move(options.name);
}

Expected<LayerPointer> Dropout::read(ConfigReader& config) {
  DropoutOptions options;
  options.rate = config.number("rate");
  options.seed = config.optional_integer("seed");
  options.noise_shape = read_noise_shape(config);
  return LayerPointer(std::make_shared<Dropout>(std::move(options)));
}

Status Dropout::check(const LayerInput& input) const {
  return check_noise_shape(noise_shape_, input);
}

ir::Tensor Dropout::noisy(CallContext& context, ir::Tensor x) const {
  return dropout(context, x, strength_, concrete_noise_shape(noise_shape_, x));
}

void Dropout::write_config(Json& config) const {
  config["rate"] = strength_;
  write_seed(config);
  config["noise_shape"] = write_noise_shape(noise_shape_);
}

ir::Shape read_noise_shape(ConfigReader& config) {
  return config.value("noise_shape").is_null() ? ir::Shape() : config.integers("noise_shape");
}

Json write_noise_shape(const ir::Shape& shape) {
  if (shape.empty()) return nullptr;
  Json json = Json::array();
  for (int64_t extent : shape) json.push_back(extent == kNone ? Json() : Json(extent));
  return json;
}

Status check_noise_shape(const ir::Shape& shape, const LayerInput& input) {
  const ir::Shape& given = input.type.shape;
  bool fits = shape.empty() || shape.size() == given.size();
  for (size_t d = 0; fits && d < shape.size(); ++d)
    fits = shape[d] == kNone || shape[d] == 1 || given[d] == kNone || shape[d] == given[d];
  if (fits) return ok();
  return Diagnostic{"",
                    fmt::format("noise_shape {} does not fit {} from \"{}\"", show_shape(shape),
                                show_shape(given), input.from),
                    "its extents are the input's, None, or 1"};
}

ir::Shape concrete_noise_shape(const ir::Shape& shape, ir::Tensor x) {
  ir::Shape concrete = x.shape();
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) concrete[d] = 1;
  }
  return concrete;
}

}  // namespace kiln::keras
