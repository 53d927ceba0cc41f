#include "frontend/keras/layers/rescaling.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/layers/axes.h"
#include "frontend/keras/layers/normalize.h"
#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

bool append_numbers(const Json& value, std::vector<double>& numbers) {
  if (value.is_number()) {
    numbers.push_back(value.get<double>());
    return true;
  }
  return value.is_array() && std::all_of(value.begin(), value.end(), [&](const Json& element) {
           return append_numbers(element, numbers);
         });
}

/// A number or a list of numbers; nothing where the key is absent or null.
std::vector<double> read_numbers(ConfigReader& config, const char* key) {
  std::vector<double> numbers;
  const Json& value = config.value(key);
  if (!value.is_null() && !append_numbers(value, numbers))
    config.fail(
        fmt::format("\"{}\" must be a number or a list of them, not {}", key, excerpt(value)));
  return numbers;
}

Json write_numbers(const std::vector<double>& numbers) {
  if (numbers.empty()) return nullptr;
  return numbers.size() == 1 ? Json(numbers[0]) : Json(numbers);
}

/// The numbers as a tensor of x's dimensions `axes`; one number as a scalar.
Tensor constant(Tensor x, const std::vector<double>& numbers, std::span<const int64_t> axes) {
  if (numbers.size() == 1) return x.builder->scalar(numbers[0]);
  const ir::Type type{ir::ElementType::f32, {static_cast<int64_t>(numbers.size())}};
  return along(x.builder->constant(ir::Literal::from_values(type, numbers)), x, axes);
}

Status check_count(const char* option, const std::vector<double>& numbers, int64_t wanted) {
  if (numbers.size() == 1 || static_cast<int64_t>(numbers.size()) == wanted) return ok();
  return Diagnostic{
      "", fmt::format("{} has {} numbers for {} positions", option, numbers.size(), wanted), ""};
}

}  // namespace

Expected<LayerPointer> Rescaling::read(ConfigReader& config) {
  std::vector<double> scale = read_numbers(config, "scale");
  std::vector<double> offset = read_numbers(config, "offset");
  if (offset.empty()) offset = {0};
  if (scale.empty()) config.fail("\"scale\" is missing");
  return LayerPointer(std::make_shared<Rescaling>(std::move(scale), std::move(offset)));
}

Expected<std::vector<WeightSpec>> Rescaling::weights(const LayerInput& input) const {
  if (scale_.size() > 1 || offset_.size() > 1) {
    KILN_ASSIGN(const int64_t last, resolve_axis(-1, input.type.rank()));
    KILN_ASSIGN(const int64_t extent, known_extent(input, last));
    KILN_TRY(check_count("scale", scale_, extent));
    KILN_TRY(check_count("offset", offset_, extent));
  }
  return std::vector<WeightSpec>();
}

Tensor Rescaling::function(CallContext&, Tensor x) const {
  const int64_t last[] = {x.rank() - 1};
  return x * constant(x, scale_, last) + constant(x, offset_, last);
}

void Rescaling::write_config(Json& config) const {
  config["scale"] = write_numbers(scale_);
  config["offset"] = write_numbers(offset_);
}

Normalization::Normalization(NormalizationOptions options)
    : options_(std::move(options)), adapted_(std::make_shared<std::optional<Statistics>>()) {
  name = options_.name;
}

Expected<LayerPointer> Normalization::read(ConfigReader& config) {
  NormalizationOptions options;
  options.axis = config.has("axis") ? read_axes(config, "axis", {}) : std::vector<int64_t>{-1};
  options.mean = read_numbers(config, "mean");
  options.variance = read_numbers(config, "variance");
  options.invert = config.boolean("invert", false);
  return LayerPointer(std::make_shared<Normalization>(std::move(options)));
}

Expected<std::vector<WeightSpec>> Normalization::weights(const LayerInput& input) const {
  KILN_ASSIGN(const ir::Shape shape, known_extents(input, options_.axis));
  if (options_.mean.empty() != options_.variance.empty())
    return Diagnostic{"", "mean and variance must be given together", ""};
  const ir::Type type{ir::ElementType::f32, shape};
  if (!options_.mean.empty()) {
    KILN_TRY(check_count("mean", options_.mean, type.count()));
    KILN_TRY(check_count("variance", options_.variance, type.count()));
    return std::vector<WeightSpec>();
  }
  // The count is what Keras keeps for old files.
  return std::vector<WeightSpec>{{"mean", type, "Zeros", false},
                                 {"variance", type, "Ones", false},
                                 {"count", {ir::ElementType::i64, {}}, "Zeros", false}};
}

Tensor Normalization::function(CallContext& context, Tensor x) const {
  constexpr double kSmallestDeviation = 1e-7;
  const std::vector<int64_t> axes = *resolve_axes(options_.axis, x.rank());
  auto statistic = [&](const char* weight, const std::vector<double>& numbers) {
    return numbers.empty() ? along(context.weight(weight), x, axes) : constant(x, numbers, axes);
  };
  const Tensor mean = statistic("mean", options_.mean);
  const Tensor deviation =
      maximum(sqrt(statistic("variance", options_.variance)), kSmallestDeviation);
  return options_.invert ? mean + x * deviation : (x - mean) / deviation;
}

void Normalization::write_config(Json& config) const {
  config["axis"] = options_.axis;
  config["invert"] = options_.invert;
  config["mean"] = write_numbers(options_.mean);
  config["variance"] = write_numbers(options_.variance);
}

}  // namespace kiln::keras
