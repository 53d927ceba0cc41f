#include "frontend/keras/layers/adaptive_pooling.h"

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/resize.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

int64_t window_start(int64_t i, int64_t elements, int64_t windows) {
  return i * elements / windows;
}
int64_t window_end(int64_t i, int64_t elements, int64_t windows) {
  return ((i + 1) * elements + windows - 1) / windows;
}

/// The means of the windows along a dimension.
Tensor means(Tensor x, int64_t dimension, int64_t windows) {
  const int64_t elements = x.shape()[static_cast<size_t>(dimension)];
  ir::Literal weights({ir::ElementType::f32, {elements, windows}});
  for (int64_t i = 0; i < windows; ++i) {
    const int64_t start = window_start(i, elements, windows);
    const int64_t end = window_end(i, elements, windows);
    for (int64_t k = start; k < end; ++k)
      weights.set(k * windows + i, 1.0 / static_cast<double>(end - start));
  }
  return combine(x, dimension, std::move(weights));
}

/// Their maxima.
Tensor maxima(Tensor x, int64_t dimension, int64_t windows) {
  const auto d = static_cast<size_t>(dimension);
  const int64_t elements = x.shape()[d];
  std::vector<Tensor> results;
  for (int64_t i = 0; i < windows; ++i) {
    ir::Integers starts(x.shape().size(), 0), limits = x.shape();
    starts[d] = window_start(i, elements, windows);
    limits[d] = window_end(i, elements, windows);
    results.push_back(reduce(slice(x, starts, limits), "maximum", {dimension}, true));
  }
  return results.size() == 1 ? results[0] : ir::concatenate(results, dimension);
}

}  // namespace

AdaptivePooling::AdaptivePooling(Pool pool, size_t rank, AdaptivePoolingOptions options)
    : pool_(pool), rank_(rank), options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> AdaptivePooling::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, static_cast<int64_t>(rank_) + 2));
  KILN_TRY(check_extents("output_size", options_.output_size, rank_, 1));
  ir::Shape shape = input.type.shape;
  const int64_t first = first_spatial_dimension(options_.data_format);
  for (size_t i = 0; i < rank_; ++i) {
    KILN_TRY(known_extent(input, first + static_cast<int64_t>(i)));
    shape[static_cast<size_t>(first) + i] = options_.output_size[i];
  }
  return LayerBuild{{}, {{ir::ElementType::f32, std::move(shape)}}};
}

std::vector<Signal> AdaptivePooling::call(CallContext&, std::span<const Signal> inputs) const {
  Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const int64_t first = first_spatial_dimension(options_.data_format);
  for (size_t i = 0; i < rank_; ++i) {
    const int64_t dimension = first + static_cast<int64_t>(i);
    x = pool_ == Pool::maximum ? maxima(x, dimension, options_.output_size[i])
                               : means(x, dimension, options_.output_size[i]);
  }
  return {{x, {}}};
}

OptionList AdaptivePooling::option_list() {
  return {{"output_size", ExtentsOf{&options_.output_size, rank_},
           "positions along each spatial dimension", kRequired},
          {"data_format", &options_.data_format, "where the channels are"}};
}

}  // namespace kiln::keras
