#include "frontend/keras/layers/random_pixels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/random.h"
#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/layers/base/one_input.h"
#include "ir/indexing.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

const std::vector<double> kBytes = {0, 255};

/// x along a dimension, weighed by [size] numbers around each element; zeros lie outside.
Tensor weighed(Tensor x, Tensor weights, int64_t dimension) {
  const auto d = static_cast<size_t>(dimension);
  const int64_t size = weights.shape()[0];
  ir::Integers low(4, 0), high(4, 0);
  low[d] = high[d] = size / 2;
  const Tensor padded = pad(x, 0, low, high);
  auto term = [&](int64_t i) {
    ir::Integers starts(4, 0), limits = padded.shape();
    starts[d] = i;
    limits[d] = i + x.shape()[d];
    return slice(padded, starts, limits) * reshape(slice(weights, {i}, {i + 1}), {1, 1, 1, 1});
  };
  Tensor total = term(0);
  for (int64_t i = 1; i < size; ++i) total = total + term(i);
  return total;
}

Tensor vector(ir::Builder& builder, const std::vector<double>& values) {
  return builder.constant(ir::Literal::from_values(
      {ir::ElementType::f32, {static_cast<int64_t>(values.size())}}, values));
}

/// [size] values of a normal distribution's density around the middle, with the sum 1.
Tensor gaussian(Tensor sigma, int64_t size) {
  std::vector<double> distances;
  for (int64_t i = 0; i < size; ++i)
    distances.push_back(static_cast<double>(i) - static_cast<double>(size - 1) / 2);
  const Tensor density = exp(square(vector(*sigma.builder, distances) / sigma) * -0.5);
  return density / sum(density, {0}, true);
}

/// Keras keeps a single number as a range from 0.
FactorRange range_from_zero(const std::vector<double>& factor) { return factor_range(factor, 0); }

}  // namespace

Tensor RandomInvert::changed(CallContext& context, Tensor x) const {
  return select(happens(context, x), value_range_[1] - x, x);
}

Status RandomPosterization::check_options() const {
  KILN_TRY(RandomColor::check_options());
  if (std::ranges::all_of(factor_, [](double f) { return f == std::floor(f); })) return ok();
  return Diagnostic{"", "factor must be whole numbers of bits", ""};
}

Tensor RandomPosterization::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const Tensor bits = convert(floor(draw(context, x, low, high)), ir::ElementType::i32);
  // What the bits that are cut off can say, by the number of those that are kept.
  const Tensor steps = take(vector(context.builder, {256, 128, 64, 32, 16, 8, 4, 2, 1}), bits, 0);
  const Tensor step = of_images(steps);
  const std::vector<double> values = {lowest(), highest()};
  const Tensor bytes = clip(floor(in_range(x, values, kBytes)), 0, 255);
  return in_range(floor(bytes / step) * step, kBytes, values);
}

Status Solarization::check_options() const {
  KILN_TRY(check_factor("addition_factor", addition_factor_, 0, 1));
  KILN_TRY(check_factor("threshold_factor", threshold_factor_, 0, 1));
  return check_value_range(value_range_);
}

Tensor Solarization::changed(CallContext& context, Tensor x) const {
  auto drawn = [&](const std::vector<double>& factor) {
    const auto [low, high] = range_from_zero(factor);
    return of_images(draw(context, x, low, high * 255));
  };
  const Tensor addition = drawn(addition_factor_), threshold = drawn(threshold_factor_);
  const std::vector<double> values = {std::ranges::min(value_range_),
                                      std::ranges::max(value_range_)};
  const Tensor sum = clip(in_range(x, values, kBytes) + addition, 0, 255);
  const Tensor below = compare(sum, "LT", threshold);
  return in_range(select(below, sum, 255.0 - sum), kBytes, values);
}

OptionList Solarization::option_list() {
  return OptionList{
             {"addition_factor", NumberOrList{&addition_factor_}, "parts of 255 that are added"},
             {"threshold_factor", NumberOrList{&threshold_factor_},
              "parts of 255 from which on values are inverted"},
             {"value_range", NumberOrList{&value_range_}, "lowest and highest value"}} +
         seed_and_format();
}

Tensor RandomSharpness::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const Tensor sharpness = of_images(draw(context, x, low, high) * 2.0);
  const ir::Integers dimensions = spatial_dimensions();
  const Tensor ones = vector(context.builder, {1, 1, 1});
  // 1/13 of each of the nine pixels, and 4/13 more of the one in the middle.
  const Tensor around = weighed(weighed(x, ones, dimensions[0]), ones, dimensions[1]);
  const Tensor smooth = around * (1.0 / 13) + x * (4.0 / 13);
  return clip(x + (1.0 - sharpness) * (smooth - x), lowest(), highest());
}

Status RandomGaussianBlur::check_options() const {
  KILN_TRY(RandomColor::check_options());
  KILN_TRY(check_factor("sigma", sigma_, 0, 1));
  const bool are_odd = std::ranges::all_of(kernel_size_, [](int64_t n) { return n % 2 == 1; });
  if (are_odd && (kernel_size_.size() == 1 || kernel_size_.size() == 2)) return ok();
  return Diagnostic{"",
                    fmt::format("kernel_size must be an odd number or two, not {}",
                                fmt::join(kernel_size_, ", ")),
                    ""};
}

Tensor RandomGaussianBlur::changed(CallContext& context, Tensor x) const {
  const Tensor blurs = happens(context, x);
  const auto [low, high] = range_from_zero(sigma_);
  const Tensor sigma = uniform(draw_bits(context, {2}), low, high) + 1e-6;
  const ir::Integers dimensions = spatial_dimensions();
  const Tensor along_width = gaussian(slice(sigma, {0}, {1}), kernel_size_.front());
  const Tensor along_height = gaussian(slice(sigma, {1}, {2}), kernel_size_.back());
  const Tensor blurred =
      weighed(weighed(x, along_height, dimensions[0]), along_width, dimensions[1]);
  return clip(select(blurs, blurred, x), value_range_[0], value_range_[1]);
}

OptionList RandomGaussianBlur::option_list() {
  return RandomColor::option_list() +
         OptionList{{"kernel_size", Axes{&kernel_size_, Axes::kNumberOrList, "odd numbers"},
                     "pixels along the width and the height"},
                    {"sigma", NumberOrList{&sigma_}, "deviations in pixels, from and to"}};
}

Status RandomErasing::check_options() const {
  KILN_TRY(RandomColor::check_options());
  return check_factor("scale", scale_, 0, 1);
}

Status RandomErasing::check_input(const LayerInput& input) const {
  if (fill_value_.size() <= 1) return ok();
  if (data_format_ == DataFormat::channels_first || fill_value_.size() != 3)
    return Diagnostic{"", "fill_value must be a number, or three for images with channels last",
                      ""};
  return check_channels(input, {3});
}

Tensor RandomErasing::filling(CallContext& context, Tensor x) const {
  Tensor fill;
  if (fill_value_.empty())
    fill = standard_normal(draw_bits(context, x.shape())) * value_range_[1];
  else if (fill_value_.size() == 1)
    fill = context.builder.constant(fill_value_[0], x.type());
  else
    fill = broadcast_in_dim(vector(context.builder, fill_value_), x.shape(), {3});
  return clip(fill, value_range_[0], value_range_[1]);
}

Tensor RandomErasing::changed(CallContext& context, Tensor x) const {
  const FactorRange scale = range_from_zero(scale_);
  const ir::Integers dimensions = spatial_dimensions();
  // i1: where x is, along the dimension, inside of a part of it that is drawn.
  auto inside = [&](int64_t dimension, Tensor part) {
    const auto extent = static_cast<double>(x.shape()[static_cast<size_t>(dimension)]);
    const Tensor length = sqrt(part) * extent;
    const Tensor start = draw(context, x, 0, 1) * (extent - length);
    const Tensor at = context.builder.iota(x.type(), dimension);
    auto spread = [&](Tensor number) { return broadcast_in_dim(number, x.shape(), {0}); };
    return logical_and(compare(at, "GE", spread(start)), compare(at, "LT", spread(start + length)));
  };
  const Tensor width = draw(context, x, scale.low, scale.high);
  const Tensor height = draw(context, x, scale.low, scale.high);
  const Tensor in_width = inside(dimensions[1], width);
  const Tensor in_both = logical_and(in_width, inside(dimensions[0], height));
  return select(logical_and(happens(context, x), in_both), filling(context, x), x);
}

OptionList RandomErasing::option_list() {
  return RandomColor::option_list() + OptionList{{"scale", NumberOrList{&scale_},
                                                  "part of the image that is erased, from and to"},
                                                 {"fill_value", NumberOrList{&fill_value_},
                                                  "what it is filled with; null: normal numbers"}};
}

Expected<std::vector<WeightSpec>> AutoContrast::weights(const LayerInput& input) const {
  KILN_TRY(check_rank(input, 4));
  KILN_TRY(check_value_range(value_range_));
  return std::vector<WeightSpec>();
}

// Keras takes the second and the third dimension together, whatever its data_format.
Tensor AutoContrast::function(CallContext&, Tensor x) const {
  const std::vector<double> values = {std::ranges::min(value_range_),
                                      std::ranges::max(value_range_)};
  const Tensor bytes = in_range(x, values, kBytes);
  const Tensor low = reduce(bytes, "minimum", {1, 2}, true);
  const Tensor high = reduce(bytes, "maximum", {1, 2}, true);
  const Tensor scale = 255.0 / (high - low);
  const Tensor stretched = clip(bytes * scale - low * scale, 0, 255);
  const Tensor result = in_range(stretched, kBytes, values);
  return select(compare(result, "EQ", result), result, x);
}

OptionList AutoContrast::option_list() {
  return {{"value_range", NumberOrList{&value_range_}, "lowest and highest value"},
          {"data_format", &data_format_, "written alone: Keras does not look at it"}};
}

}  // namespace kiln::keras
