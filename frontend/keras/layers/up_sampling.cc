#include "frontend/keras/layers/up_sampling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Status check_size(int64_t size) {
  if (size > 0) return ok();
  return Diagnostic{"", fmt::format("size must be positive, not {}", size), ""};
}

/// Every element `times` times along a dimension.
Tensor repeat(Tensor x, int64_t dimension, int64_t times) {
  ir::Shape split = x.shape(), joined = x.shape();
  split.insert(split.begin() + dimension + 1, times);
  joined[static_cast<size_t>(dimension)] *= times;
  std::vector<int64_t> kept;
  for (int64_t d = 0; d < x.rank(); ++d) kept.push_back(d <= dimension ? d : d + 1);
  return reshape(broadcast_in_dim(x, std::move(split), std::move(kept)), std::move(joined));
}

/// [extent, extent * times]: column i has the weights of the old elements in new element i, whose
/// centre lies between two of theirs; beyond the first and the last centre their values go on.
Tensor bilinear_weights(ir::Builder& builder, int64_t extent, int64_t times) {
  ir::Literal weights({ir::ElementType::f32, {extent, extent * times}});
  for (int64_t i = 0; i < extent * times; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) / static_cast<double>(times) - 0.5;
    const auto low = static_cast<int64_t>(std::floor(centre));
    const double share = centre - static_cast<double>(low);
    auto add = [&](int64_t row, double weight) {
      const int64_t index = std::clamp<int64_t>(row, 0, extent - 1) * extent * times + i;
      weights.set(index, weights.get(index) + weight);
    };
    add(low, 1 - share);
    add(low + 1, share);
  }
  return builder.constant(std::move(weights));
}

/// x · weights along a dimension.
Tensor interpolate(Tensor x, int64_t dimension, int64_t times) {
  const Tensor weights =
      bilinear_weights(*x.builder, x.shape()[static_cast<size_t>(dimension)], times);
  // The new dimension comes last; it goes back to its place.
  const Tensor y = dot_general(x, weights, {{}, {}, {dimension}, {0}});
  std::vector<int64_t> permutation;
  for (int64_t d = 0; d + 1 < x.rank(); ++d) permutation.push_back(d);
  permutation.insert(permutation.begin() + dimension, x.rank() - 1);
  return transpose(y, std::move(permutation));
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

UpSampling2D::UpSampling2D(UpSampling2DOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> UpSampling2D::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 4));
  if (options_.interpolation != "nearest" && options_.interpolation != "bilinear") {
    return Diagnostic{"",
                      fmt::format("interpolation \"{}\" is not supported", options_.interpolation),
                      "use nearest or bilinear"};
  }
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
    x = nearest ? repeat(x, dimension, factor) : interpolate(x, dimension, factor);
    ++dimension;
  }
  return {{x, {}}};
}

OptionList UpSampling2D::option_list() {
  return {{"size", &options_.size, "factors of height and width"},
          {"data_format", &options_.data_format, "where the channels are"},
          {"interpolation", &options_.interpolation, "\"nearest\" or \"bilinear\""}};
}

}  // namespace kiln::keras
