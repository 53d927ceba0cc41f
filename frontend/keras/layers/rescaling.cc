#include "frontend/keras/layers/rescaling.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/normalize.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

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

OptionList Rescaling::option_list() {
  return {
      {"scale", NumberOrList{&scale_}, "factor; a list: of each of the last dimension", kRequired},
      {"offset", NumberOrList{&offset_}, "added after; a list: to each of the last dimension"}};
}

Normalization::Normalization(NormalizationOptions options)
    : options_(std::move(options)), adapted_(std::make_shared<std::optional<Statistics>>()) {
  name = options_.name;
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

OptionList Normalization::option_list() {
  NormalizationOptions& o = options_;
  return {{"axis", Axes{&o.axis, Axes::kListOrEmpty},
           "dimensions whose positions have statistics of their own; null: one for all"},
          {"invert", &o.invert, "back to what was normalized"},
          {"mean", NumberOrList{&o.mean}, "null: the data's, which adapt() finds"},
          {"variance", NumberOrList{&o.variance}, "null: the data's, which adapt() finds"}};
}

}  // namespace kiln::keras
