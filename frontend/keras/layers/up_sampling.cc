#include "frontend/keras/layers/up_sampling.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/resize.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Status check_size(int64_t size) {
  if (size > 0) return ok();
  return Diagnostic{"", fmt::format("size must be positive, not {}", size), ""};
}

}  // namespace

Expected<LayerBuild> UpSampling1D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 3));
  KILN_TRY(check_size(size_));
  ir::Shape shape = input.type.shape;
  if (shape[1] != kNone) shape[1] *= size_;
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

std::vector<Signal> UpSampling1D::call(CallContext&, std::span<const Signal> inputs) const {
  return {{repeat(inputs[0].tensor, 1, size_), {}}};
}

OptionList UpSampling1D::option_list() { return {{"size", &size_, "how often each step comes"}}; }

UpSampling3D::UpSampling3D(UpSampling3DOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> UpSampling3D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 5));
  ir::Shape shape = input.type.shape;
  size_t dimension = static_cast<size_t>(first_spatial_dimension(options_.data_format));
  for (size_t i = 0; i < 3; ++i, ++dimension) {
    KILN_TRY(check_size(options_.size[i]));
    if (shape[dimension] != kNone) shape[dimension] *= options_.size[i];
  }
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

std::vector<Signal> UpSampling3D::call(CallContext&, std::span<const Signal> inputs) const {
  Tensor x = inputs[0].tensor;
  const int64_t first = first_spatial_dimension(options_.data_format);
  for (int64_t i = 0; i < 3; ++i) x = repeat(x, first + i, options_.size[static_cast<size_t>(i)]);
  return {{x, {}}};
}

OptionList UpSampling3D::option_list() {
  return {{"size", ExtentsOf{&options_.size, 3}, "factors of depth, height and width"},
          {"data_format", &options_.data_format, "where the channels are"}};
}

UpSampling2D::UpSampling2D(UpSampling2DOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> UpSampling2D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 4));
  KILN_TRY(check(Interpolation{options_.interpolation}));
  ir::Shape shape = input.type.shape;
  size_t dimension = static_cast<size_t>(first_spatial_dimension(options_.data_format));
  for (int64_t factor : options_.size) {
    KILN_TRY(check_size(factor));
    if (shape[dimension] != kNone) shape[dimension] *= factor;
    ++dimension;
  }
  const bool nearest = options_.interpolation == "nearest";
  const ir::ElementType element = nearest ? input.type.element : ir::ElementType::f32;
  return LayerBuild{{}, {{element, std::move(shape)}}};
}

std::vector<Signal> UpSampling2D::call(CallContext&, std::span<const Signal> inputs) const {
  const bool nearest = options_.interpolation == "nearest";
  Tensor x = inputs[0].tensor;
  if (!nearest) x = convert(x, ir::ElementType::f32);
  int64_t dimension = first_spatial_dimension(options_.data_format);
  for (int64_t factor : options_.size) {
    const int64_t extent = x.shape()[static_cast<size_t>(dimension)] * factor;
    x = nearest ? repeat(x, dimension, factor)
                : resize(x, dimension, extent, {options_.interpolation});
    ++dimension;
  }
  return {{x, {}}};
}

OptionList UpSampling2D::option_list() {
  return {{"size", &options_.size, "factors of height and width"},
          {"data_format", &options_.data_format, "where the channels are"},
          {"interpolation", &options_.interpolation,
           "\"nearest\", \"bilinear\", \"bicubic\", \"lanczos3\" or \"lanczos5\""}};
}

}  // namespace kiln::keras
