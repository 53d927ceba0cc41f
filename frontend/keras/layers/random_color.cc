#include "frontend/keras/layers/random_color.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/noise.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

/// The three channels of images, [batch, height, width, 1] each (or with the channel in its place),
/// and how they become an image again.
struct Planes {
  Tensor first, second, third;
  int64_t dimension;

  Planes(Tensor x, DataFormat format) : dimension(format == DataFormat::channels_last ? 3 : 1) {
    first = plane(x, 0), second = plane(x, 1), third = plane(x, 2);
  }
  Tensor plane(Tensor x, int64_t channel) const {
    ir::Integers starts(4, 0), limits = x.shape();
    starts[static_cast<size_t>(dimension)] = channel;
    limits[static_cast<size_t>(dimension)] = channel + 1;
    return slice(x, starts, limits);
  }
  Tensor image(Tensor a, Tensor b, Tensor c) const { return ir::concatenate({a, b, c}, dimension); }
};

struct Hsv {
  Tensor hue, saturation, value;
};

/// Numbers next to 0 are 0, and what is grey has the hue 0, as in Keras.
Hsv hsv_of(const Planes& rgb) {
  constexpr double kSmallest = std::numeric_limits<float>::epsilon();
  auto without_noise = [&](Tensor x) {
    return select(compare(abs(x), "LT", kSmallest), x * 0.0, x);
  };
  const Tensor r = without_noise(rgb.first), g = without_noise(rgb.second);
  const Tensor b = without_noise(rgb.third);
  const Tensor value = maximum(maximum(r, g), b);
  const Tensor range = value - minimum(minimum(r, g), b);
  const Tensor has_value = compare(value, "GT", 0.0), has_range = compare(range, "GT", 0.0);
  const Tensor ones = value.builder->constant(1, value.type());
  const Tensor saturation = select(has_value, range / select(has_value, value, ones), 0.0);
  const Tensor norm = 1.0 / (select(has_range, range, ones) * 6.0);
  Tensor hue =
      select(compare(value, "EQ", g), norm * (b - r) + 2.0 / 6.0, norm * (r - g) + 4.0 / 6.0);
  hue = select(compare(value, "EQ", r), norm * (g - b), hue);
  hue = select(has_range, hue, 0.0) + select(compare(hue, "LT", 0.0), ones, 0.0);
  return {hue, saturation, value};
}

Tensor rgb_of(const Planes& planes, const Hsv& hsv) {
  const Tensor turns = (hsv.hue - floor(hsv.hue)) * 6.0;
  const Tensor rest = 1.0 - hsv.saturation;
  auto channel = [&](Tensor part) {
    return hsv.value * (rest + hsv.saturation * clip(part, 0, 1));
  };
  return planes.image(channel(abs(turns - 3.0) - 1.0), channel(2.0 - abs(turns - 2.0)),
                      channel(2.0 - abs(turns - 4.0)));
}

/// The brightness of each pixel, one channel, as BT.601 weighs the colours; of grey images
/// themselves.
Tensor gray(Tensor x, DataFormat format) {
  if (x.shape()[format == DataFormat::channels_last ? 3 : 1] == 1) return x;
  const Planes rgb(x, format);
  return broadcast_to(rgb.first * 0.2989 + rgb.second * 0.5870 + rgb.third * 0.1140, x.shape());
}

}  // namespace

Tensor RandomSaturation::changed(CallContext& context, Tensor x) const {
  constexpr double kEpsilon = 1e-7;  // Keras's backend.epsilon()
  const auto [low, high] = range();
  const Tensor drawn = draw(context, x, low, high);
  const Tensor factor = of_images(drawn / (1.0 - drawn + kEpsilon));
  const Planes rgb(x, data_format_);
  Hsv hsv = hsv_of(rgb);
  hsv.saturation = clip(hsv.saturation * factor, lowest(), highest());
  return rgb_of(rgb, hsv);
}

Tensor RandomHue::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const Tensor up = compare(draw(context, x, 0, 1), "GT", 0.5);
  const Tensor part = draw(context, x, low, high) * 0.5;
  const Tensor moved = of_images(select(up, -part, part));
  const Planes rgb(in_range(x, value_range_, {0, 1}), data_format_);
  Hsv hsv = hsv_of(rgb);
  hsv.hue = hsv.hue + moved;
  hsv.hue = select(compare(hsv.hue, "GT", 1.0), hsv.hue - 1.0, hsv.hue);
  hsv.hue = select(compare(hsv.hue, "LT", 0.0), hsv.hue + 1.0, hsv.hue);
  return in_range(clip(rgb_of(rgb, hsv), 0, 1), {0, 1}, value_range_);
}

Status RandomGrayscale::check_options() const {
  if (factor_ >= 0 && factor_ <= 1) return ok();
  return Diagnostic{"", fmt::format("factor must be from 0 to 1, not {}", factor_), ""};
}

Tensor RandomGrayscale::changed(CallContext& context, Tensor x) const {
  const Tensor is_gray = compare(of_images(draw(context, x, 0, 1)), "LT", factor_);
  return select(is_gray, gray(x, data_format_), x);
}

OptionList RandomGrayscale::option_list() {
  return {{"factor", &factor_, "how probably an image becomes grey"},
          {"seed", &seed_, "of the draws; null: the model's", kNotWritten},
          {"data_format", &data_format_, "where the channels are"}};
}

Tensor RandomColorDegeneration::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = range();
  const Tensor factor = of_images(draw(context, x, low, high));
  return clip(x + factor * (gray(x, data_format_) - x), lowest(), highest());
}

std::vector<std::shared_ptr<RandomColor>> RandomColorJitter::layers() const {
  std::vector<std::shared_ptr<RandomColor>> layers;
  auto add = [&]<typename T>(const std::vector<double>& factor, std::shared_ptr<T> layer) {
    if (!factor.empty()) layers.push_back(std::move(layer));
  };
  const Factors& f = factors_;
  add(f.brightness, std::make_shared<RandomBrightness>(f.brightness, value_range_));
  add(f.contrast, std::make_shared<RandomContrast>(f.contrast, value_range_));
  add(f.saturation, std::make_shared<RandomSaturation>(f.saturation, value_range_));
  add(f.hue, std::make_shared<RandomHue>(f.hue, value_range_));
  return layers;
}

Status RandomColorJitter::check_options() const {
  for (const auto& layer : layers()) {
    if (const Status checked = layer->check_options(); !checked) {
      Diagnostic error = checked.error();
      error.message = fmt::format("{}: {}", layer->class_name(), error.message);
      return error;
    }
  }
  if (data_format_ == DataFormat::channels_last) return ok();
  return Diagnostic{"", "data_format \"channels_first\" is not supported",
                    "Keras takes its images as channels_last there, whatever the layer says"};
}

Status RandomColorJitter::check_input(const LayerInput& input) const {
  for (const auto& layer : layers()) KILN_TRY(layer->check_input(input));
  return ok();
}

Tensor RandomColorJitter::changed(CallContext& context, Tensor x) const {
  for (const auto& layer : layers()) x = layer->changed(context, x);
  return x;
}

OptionList RandomColorJitter::option_list() {
  return OptionList{
             {"value_range", NumberOrList{&value_range_}, "lowest and highest value"},
             {"brightness_factor", NumberOrList{&factors_.brightness},
              "of RandomBrightness; null: none"},
             {"contrast_factor", NumberOrList{&factors_.contrast}, "of RandomContrast; null: none"},
             {"saturation_factor", NumberOrList{&factors_.saturation},
              "of RandomSaturation; null: none"},
             {"hue_factor", NumberOrList{&factors_.hue}, "of RandomHue; null: none"}} +
         seed_and_format();
}

}  // namespace kiln::keras
