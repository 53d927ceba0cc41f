#include "frontend/keras/layers/rectifiers.h"

#include <fmt/format.h>

#include "frontend/keras/functions/activations.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Status check_not_negative(std::string_view option, double value) {
  if (value >= 0) return ok();
  return Diagnostic{"", fmt::format("{} must not be negative, not {}", option, value), ""};
}

/// The derivative at 0 is the slope's, as in TensorFlow.
Tensor leaky_relu(Tensor x, double slope) { return select(compare(x, "GT", 0.0), x, x * slope); }

}  // namespace

ReLU::ReLU(ReLUOptions options) : options_(std::move(options)) { name = options_.name; }

Expected<std::vector<WeightSpec>> ReLU::weights(const LayerInput&) const {
  KILN_TRY(check_not_negative("max_value", options_.max_value.value_or(0)));
  KILN_TRY(check_not_negative("negative_slope", options_.negative_slope));
  KILN_TRY(check_not_negative("threshold", options_.threshold));
  return std::vector<WeightSpec>();
}

Tensor ReLU::function(CallContext&, Tensor x) const {
  const double slope = options_.negative_slope, threshold = options_.threshold;
  const std::optional<double> max_value = options_.max_value;
  if (slope != 0 && !max_value && threshold == 0) return leaky_relu(x, slope);
  Tensor y = select(compare(x, "GT", threshold), x, 0.0);
  if (max_value) y = clip(y, 0, *max_value);
  return slope == 0 ? y : y - maximum(threshold - x, 0.0) * slope;
}

OptionList ReLU::option_list() {
  return {{"max_value", &options_.max_value, "largest output; null: none"},
          {"negative_slope", &options_.negative_slope, "slope below the threshold"},
          {"threshold", &options_.threshold, "where the input begins to pass"}};
}

Expected<std::vector<WeightSpec>> LeakyReLU::weights(const LayerInput&) const {
  KILN_TRY(check_not_negative("negative_slope", negative_slope_));
  return std::vector<WeightSpec>();
}

Tensor LeakyReLU::function(CallContext&, Tensor x) const { return leaky_relu(x, negative_slope_); }

OptionList LeakyReLU::option_list() {
  return {{"negative_slope", &negative_slope_, "slope below 0"}};
}

Tensor ELU::function(CallContext&, Tensor x) const {
  // The minimum keeps e^x finite where it is not used.
  return select(compare(x, "GT", 0.0), x, expm1(minimum(x, 0.0)) * alpha_);
}

OptionList ELU::option_list() { return {{"alpha", &alpha_, "the limit far below 0, negated"}}; }

}  // namespace kiln::keras
