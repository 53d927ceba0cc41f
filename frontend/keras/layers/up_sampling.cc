#include "frontend/keras/layers/up_sampling.h"

#include <fmt/format.h>

#include <span>

#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/resize.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Status check_size(int64_t size) {
  if (size > 0) return ok();
  return Diagnostic{"", fmt::format("size must be positive, not {}", size), ""};
}

/// The shape with its extents from dimension `first` on times the factors.
Expected<ir::Shape> enlarged(ir::Shape shape, int64_t first, std::span<const int64_t> factors) {
  auto dimension = static_cast<size_t>(first);
  for (const int64_t factor : factors) {
    KILN_TRY(check_size(factor));
    if (shape[dimension] != kNone) shape[dimension] *= factor;
    ++dimension;
  }
  return shape;
}

/// Every element so many times along the dimensions from `first` on.
Tensor repeat_each(Tensor x, int64_t first, std::span<const int64_t> factors) {
  for (const int64_t factor : factors) x = repeat(x, first++, factor);
  return x;
}

}  // namespace

Expected<LayerBuild> UpSampling1D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 3));
  KILN_ASSIGN(ir::Shape shape, enlarged(input.type.shape, 1, {&size_, 1}));
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

std::vector<Signal> UpSampling1D::call(CallContext&, std::span<const Signal> inputs) const {
  return {{repeat(inputs[0].tensor, 1, size_), {}}};
}

OptionList UpSampling1D::option_list() { return {{"size", &size_, "how often each step comes"}}; }

UpSampling2D::UpSampling2D(UpSampling2DOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> UpSampling2D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 4));
  KILN_TRY(check(Interpolation{options_.interpolation}));
  KILN_ASSIGN(
      ir::Shape shape,
      enlarged(input.type.shape, first_spatial_dimension(options_.data_format), options_.size));
  const bool nearest = options_.interpolation == "nearest";
  const ir::ElementType element = nearest ? input.type.element : ir::ElementType::f32;
  return LayerBuild{{}, {{element, std::move(shape)}}};
}

std::vector<Signal> UpSampling2D::call(CallContext&, std::span<const Signal> inputs) const {
  int64_t dimension = first_spatial_dimension(options_.data_format);
  if (options_.interpolation == "nearest")
    return {{repeat_each(inputs[0].tensor, dimension, options_.size), {}}};
  Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  for (int64_t factor : options_.size) {
    const int64_t extent = x.shape()[static_cast<size_t>(dimension)] * factor;
    x = resize(x, dimension++, extent, {options_.interpolation});
  }
  return {{x, {}}};
}

OptionList UpSampling2D::option_list() {
  return {{"size", &options_.size, "factors of height and width"},
          {"data_format", &options_.data_format, "where the channels are"},
          {"interpolation", &options_.interpolation,
           "\"nearest\", \"bilinear\", \"bicubic\", \"lanczos3\" or \"lanczos5\""}};
}

UpSampling3D::UpSampling3D(UpSampling3DOptions options) : options_(std::move(options)) {
  name = options_.name;
}

std::array<int64_t, 3> UpSampling3D::factors() const {
  return {options_.size[0], options_.size[1], options_.size[2]};
}

Expected<LayerBuild> UpSampling3D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 5));
  KILN_ASSIGN(ir::Shape shape,
              enlarged(input.type.shape, first_spatial_dimension(options_.data_format), factors()));
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

std::vector<Signal> UpSampling3D::call(CallContext&, std::span<const Signal> inputs) const {
  const int64_t first = first_spatial_dimension(options_.data_format);
  return {{repeat_each(inputs[0].tensor, first, factors()), {}}};
}

OptionList UpSampling3D::option_list() {
  return {{"size", ExtentsOf{&options_.size, 3}, "factors of depth, height and width"},
          {"data_format", &options_.data_format, "where the channels are"}};
}

}  // namespace kiln::keras
