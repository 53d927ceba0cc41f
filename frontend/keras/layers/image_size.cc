#include "frontend/keras/layers/image_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/resize.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Status check_extent(std::string_view option, int64_t extent) {
  if (extent > 0) return ok();
  return Diagnostic{"", fmt::format("{} must be positive, not {}", option, extent), ""};
}

/// The type of the image that comes out.
Expected<ir::Type> resized(std::span<const LayerInput> inputs, int64_t height, int64_t width,
                           DataFormat format) {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 4));
  KILN_TRY(check_extent("height", height));
  KILN_TRY(check_extent("width", width));
  const int64_t first = first_spatial_dimension(format);
  for (int64_t d = first; d < first + 2; ++d) KILN_TRY(known_extent(input, d));
  ir::Shape shape = input.type.shape;
  shape[static_cast<size_t>(first)] = height;
  shape[static_cast<size_t>(first) + 1] = width;
  return input.type.with_shape(std::move(shape));
}

/// The `extent` elements in the middle of a dimension, which has them.
Tensor middle(Tensor x, int64_t dimension, int64_t extent) {
  const auto d = static_cast<size_t>(dimension);
  ir::Integers starts(x.shape().size(), 0), limits = x.shape();
  starts[d] = (limits[d] - extent) / 2;
  limits[d] = starts[d] + extent;
  return slice(x, starts, limits);
}

/// A dimension's extent for images of an aspect ratio whose other dimension has that many elements.
int64_t in_ratio(int64_t other, int64_t target, int64_t other_target) {
  return static_cast<int64_t>(static_cast<double>(other * target) /
                              static_cast<double>(other_target));
}

/// Images of another height and width, whose first dimension is `first`.
struct Frame {
  int64_t first, height, width;

  Tensor resize(Tensor x, const Interpolation& interpolation) const {
    x = keras::resize(x, first, height, interpolation);
    return keras::resize(x, first + 1, width, interpolation);
  }
  /// The largest part of the frame's aspect ratio.
  Tensor cropped(Tensor x) const {
    const auto [h, w] = extents(x);
    x = middle(x, first, std::clamp<int64_t>(in_ratio(w, height, width), 1, h));
    return middle(x, first + 1, std::clamp<int64_t>(in_ratio(h, width, height), 1, w));
  }
  /// The smallest image of the frame's aspect ratio with the whole one in it.
  Tensor padded(Tensor x, double value) const {
    const auto [h, w] = extents(x);
    const int64_t down = std::max(h, in_ratio(w, height, width)) - h;
    const int64_t across = std::max(w, in_ratio(h, width, height)) - w;
    ir::Integers low(x.shape().size(), 0), high = low;
    // Keras fills as much after the image as before it.
    low[at(0)] = high[at(0)] = down / 2;
    low[at(1)] = high[at(1)] = across / 2;
    return pad(x, value, low, high);
  }
  std::pair<int64_t, int64_t> extents(Tensor x) const {
    return {x.shape()[at(0)], x.shape()[at(1)]};
  }
  size_t at(int64_t i) const { return static_cast<size_t>(first + i); }
};

}  // namespace

Resizing::Resizing(ResizingOptions options) : options_(std::move(options)) { name = options_.name; }

Expected<LayerBuild> Resizing::build(std::span<const LayerInput> inputs) const {
  const ResizingOptions& o = options_;
  KILN_TRY(check(Interpolation{o.interpolation}));
  if (o.crop_to_aspect_ratio && o.pad_to_aspect_ratio)
    return Diagnostic{"", "crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other", ""};
  KILN_ASSIGN(ir::Type type, resized(inputs, o.height, o.width, o.data_format));
  if (!ir::is_float(type.element) && o.interpolation != "nearest") {
    return Diagnostic{
        "", fmt::format("interpolation \"{}\" of integers is not supported", o.interpolation),
        "use \"nearest\", or a model whose input is of float32"};
  }
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> Resizing::call(CallContext&, std::span<const Signal> inputs) const {
  const Frame frame{first_spatial_dimension(options_.data_format), options_.height, options_.width};
  Tensor x = inputs[0].tensor;
  if (options_.crop_to_aspect_ratio) x = frame.cropped(x);
  if (options_.pad_to_aspect_ratio) x = frame.padded(x, options_.fill_value);
  return {{frame.resize(x, {options_.interpolation, options_.antialias}), {}}};
}

OptionList Resizing::option_list() {
  ResizingOptions& o = options_;
  return {{"height", &o.height, "of the result", kRequired},
          {"width", &o.width, "of the result", kRequired},
          {"interpolation", &o.interpolation,
           "\"nearest\", \"bilinear\", \"bicubic\", \"lanczos3\" or \"lanczos5\""},
          {"crop_to_aspect_ratio", &o.crop_to_aspect_ratio, "cut off what is too long first"},
          {"pad_to_aspect_ratio", &o.pad_to_aspect_ratio, "fill up what is too short first"},
          {"fill_mode", Fixed{{"constant"}}, "how it is filled up"},
          {"fill_value", &o.fill_value, "what it is filled up with"},
          {"antialias", &o.antialias, "means of all that a smaller image's elements cover"},
          {"data_format", &o.data_format, "where the channels are"}};
}

CenterCrop::CenterCrop(CenterCropOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> CenterCrop::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(ir::Type type,
              resized(inputs, options_.height, options_.width, options_.data_format));
  return LayerBuild{{}, {type.with_element(ir::ElementType::f32)}};
}

std::vector<Signal> CenterCrop::call(CallContext&, std::span<const Signal> inputs) const {
  const Frame frame{first_spatial_dimension(options_.data_format), options_.height, options_.width};
  const Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const auto [height, width] = frame.extents(x);
  if (height < frame.height || width < frame.width)
    return {{frame.resize(frame.cropped(x), {}), {}}};
  return {{middle(middle(x, frame.first, frame.height), frame.first + 1, frame.width), {}}};
}

OptionList CenterCrop::option_list() {
  return {{"height", &options_.height, "of the result", kRequired},
          {"width", &options_.width, "of the result", kRequired},
          {"data_format", &options_.data_format, "where the channels are"}};
}

RandomCrop::RandomCrop(RandomCropOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> RandomCrop::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 4));
  const int64_t first = first_spatial_dimension(options_.data_format);
  KILN_ASSIGN(const int64_t height, known_extent(input, first));
  KILN_ASSIGN(const int64_t width, known_extent(input, first + 1));
  if (height == options_.height && width == options_.width)
    return LayerBuild{{}, {input.type.with_element(ir::ElementType::f32)}};
  return Diagnostic{
      "",
      fmt::format("takes {} x {} out of images of {} x {} while training alone; in inference Keras "
                  "leaves them as they are",
                  options_.height, options_.width, height, width),
      "crop the data before they come to the model, or use CenterCrop or Resizing"};
}

std::vector<Signal> RandomCrop::call(CallContext&, std::span<const Signal> inputs) const {
  return {{convert(inputs[0].tensor, ir::ElementType::f32), {}}};
}

OptionList RandomCrop::option_list() {
  RandomCropOptions& o = options_;
  return {{"height", &o.height, "of the part", kRequired},
          {"width", &o.width, "of the part", kRequired},
          {"seed", &o.seed, "of the draws; null: the model's"},
          {"data_format", &o.data_format, "where the channels are"}};
}

}  // namespace kiln::keras
