#include "frontend/keras/layers/random_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/random.h"
#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

using ir::Tensor;

Expected<LayerBuild> RandomImageLayer::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 4));
  KILN_TRY(check_options());
  const int64_t first = first_spatial_dimension(data_format_);
  for (int64_t d = first; d < first + 2; ++d) KILN_TRY(known_extent(input, d));
  KILN_TRY(check_input(input));
  return LayerBuild{{generator_state(seed_)}, {input.type.with_element(ir::ElementType::f32)}};
}

std::vector<Signal> RandomImageLayer::call(CallContext& context,
                                           std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  return {{context.training ? changed(context, x) : x, {}}};
}

Tensor RandomImageLayer::draw(CallContext& context, Tensor x, double low, double high) {
  return uniform(draw_bits(context, {x.shape()[0]}), low, high);
}

Tensor RandomImageLayer::of_images(Tensor numbers) {
  return reshape(numbers, {numbers.shape()[0], 1, 1, 1});
}

Status RandomImageLayer::check_channels(const LayerInput& input,
                                        std::initializer_list<int64_t> wanted) const {
  KILN_ASSIGN(const int64_t channels,
              known_extent(input, data_format_ == DataFormat::channels_last ? 3 : 1));
  if (std::ranges::find(wanted, channels) != wanted.end()) return ok();
  return Diagnostic{
      "",
      fmt::format("needs images of {} channels, gets {} from \"{}\"", fmt::join(wanted, " or "),
                  show_shape(input.type.shape), input.from),
      ""};
}

ir::Integers RandomImageLayer::spatial_dimensions() const {
  const int64_t first = first_spatial_dimension(data_format_);
  return {first, first + 1};
}

OptionList RandomImageLayer::seed_and_format() {
  return {{"seed", &seed_, "of the draws; null: the model's"},
          {"data_format", &data_format_, "where the channels are"}};
}

FactorRange factor_range(const std::vector<double>& factor, double least) {
  if (factor.size() == 1) return {std::max(-std::abs(factor[0]), least), std::abs(factor[0])};
  return {std::min(factor[0], factor[1]), std::max(factor[0], factor[1])};
}

Tensor in_range(Tensor x, const std::vector<double>& from, const std::vector<double>& to) {
  if (from[0] == to[0] && from[1] == to[1]) return x;
  return (x - from[0]) / (from[1] - from[0]) * (to[1] - to[0]) + to[0];
}

Status check_value_range(const std::vector<double>& value_range) {
  if (value_range.size() == 2) return ok();
  return Diagnostic{"", "value_range must be two numbers", ""};
}

Status check_factor(std::string_view option, const std::vector<double>& factor, double least,
                    double most) {
  const auto fits = [&](double value) { return value >= least && value <= most; };
  if ((factor.size() == 1 || factor.size() == 2) && std::ranges::all_of(factor, fits)) return ok();
  return Diagnostic{
      "", fmt::format("{} must be a number or two from {} to {}", option, least, most), ""};
}

Status RandomFlip::check_options() const {
  constexpr std::string_view kModes[] = {"horizontal", "vertical", "horizontal_and_vertical"};
  if (std::ranges::find(kModes, mode_) != std::end(kModes)) return ok();
  return Diagnostic{"", fmt::format("unknown mode \"{}\"", mode_),
                    "the modes are horizontal, vertical and horizontal_and_vertical"};
}

Tensor RandomFlip::changed(CallContext& context, Tensor x) const {
  const int64_t vertical = first_spatial_dimension(data_format_);
  ir::Integers dimensions;
  if (mode_ != "horizontal") dimensions.push_back(vertical);
  if (mode_ != "vertical") dimensions.push_back(vertical + 1);
  const Tensor flips = bernoulli(draw_bits(context, {x.shape()[0], 1, 1, 1}), 0.5);
  return select(flips, reverse(x, dimensions), x);
}

OptionList RandomFlip::option_list() {
  return OptionList{
             {"mode", &mode_, "\"horizontal\", \"vertical\" or \"horizontal_and_vertical\""}} +
         seed_and_format();
}

Status RandomColor::check_options() const {
  KILN_TRY(check_factor("factor", factor_, least_, most_));
  return check_value_range(value_range_);
}

Tensor RandomColor::happens(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const Tensor probability = draw(context, x, low, high);
  return of_images(compare(draw(context, x, 0, 1), "LT", probability));
}

double RandomColor::lowest() const { return std::ranges::min(value_range_); }
double RandomColor::highest() const { return std::ranges::max(value_range_); }

OptionList RandomColor::option_list() {
  return OptionList{{"factor", NumberOrList{&factor_}, "how much, or from where to where",
                     has_default_factor() ? kPlain : kRequired},
                    {"value_range", NumberOrList{&value_range_}, "lowest and highest value"}} +
         seed_and_format();
}

Tensor RandomBrightness::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const Tensor part = draw(context, x, low, high);
  return clip(x + of_images(part * (highest() - lowest())), lowest(), highest());
}

Tensor RandomContrast::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const int64_t first = first_spatial_dimension(data_format_);
  const Tensor center = mean(x, {first, first + 1}, true);
  const Tensor factor = of_images(draw(context, x, 1 - low, 1 + high));
  return clip((x - center) * factor + center, lowest(), highest());
}

}  // namespace kiln::keras
