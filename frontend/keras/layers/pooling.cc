#include "frontend/keras/layers/pooling.h"

#include <algorithm>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

/// The window over all dimensions of an input: batch and channels are looked at one by one.
ir::Window window_over(const SlidingWindow& window, const ir::Shape& input) {
  const ir::Integers ones(input.size(), 1);
  const ir::Integers zeros(input.size(), 0);
  ir::Window over{ones, ones, zeros, zeros, ones};
  for (size_t i = 0; i < window.rank; ++i) {
    const auto d = static_cast<size_t>(window.spatial_dimension(i));
    const Edges edges = window.edges(i, input[d]);
    over.dimensions[d] = window.size[i];
    over.strides[d] = window.strides[i];
    over.padding_low[d] = edges.low;
    over.padding_high[d] = edges.high;
  }
  return over;
}

/// How many real elements the windows along dimension i of extent n have: f32 [positions].
ir::Literal real_elements(const SlidingWindow& window, size_t i, int64_t n) {
  std::vector<double> counts;
  for (int64_t position = 0; position < window.positions(i, n); ++position) {
    const int64_t first = position * window.strides[i] - window.edges(i, n).low;
    const int64_t last = first + window.size[i];
    counts.push_back(static_cast<double>(std::min(last, n) - std::max<int64_t>(first, 0)));
  }
  const ir::Type type{ir::ElementType::f32, {static_cast<int64_t>(counts.size())}};
  return ir::Literal::from_values(type, counts);
}

/// The sums of windows over the number of their elements; without padding that is one number.
ir::Tensor mean_of(ir::Tensor sums, const SlidingWindow& window, const ir::Shape& input) {
  for (size_t i = 0; i < window.rank; ++i) {
    const int64_t dimension = window.spatial_dimension(i);
    const int64_t n = input[static_cast<size_t>(dimension)];
    const Edges edges = window.edges(i, n);
    if (edges.low == 0 && edges.high == 0) {
      sums = sums / static_cast<double>(window.size[i]);
    } else {
      const ir::Tensor counts = sums.builder->constant(real_elements(window, i, n));
      sums = sums / broadcast_in_dim(counts, sums.shape(), {dimension});
    }
  }
  return sums;
}

}  // namespace

Pooling::Pooling(Pool pool, size_t rank, PoolingOptions options)
    : pool_(pool), rank_(rank), options_(std::move(options)) {
  name = options_.name;
}

SlidingWindow Pooling::window() const {
  return {rank_,
          "pool_size",
          options_.pool_size,
          options_.strides.empty() ? options_.pool_size : options_.strides,
          options_.padding,
          options_.data_format,
          1};
}

Expected<LayerBuild> Pooling::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(window().check());
  KILN_ASSIGN(const int64_t channels, window().channels_of(input));
  KILN_ASSIGN(ir::Shape shape, window().result_shape(input, channels));
  return LayerBuild{{}, {{ir::ElementType::f32, std::move(shape)}}};
}

std::vector<Signal> Pooling::call(CallContext&, std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const ir::Window over = window_over(window(), x.shape());
  if (pool_ == Pool::maximum) return {{reduce_window(x, "maximum", over), {}}};
  return {{mean_of(reduce_window(x, "add", over), window(), x.shape()), {}}};
}

OptionList Pooling::option_list() {
  return {{"pool_size", ExtentsOf{&options_.pool_size, rank_}, "extents of the window"},
          {"padding", &options_.padding,
           "\"valid\": windows inside of the input; \"same\": as many as its elements by strides"},
          {"strides", ExtentsOf{&options_.strides, rank_, &options_.pool_size},
           "steps of the window; null: its extents"},
          {"data_format", &options_.data_format, "where the channels are"}};
}

}  // namespace kiln::keras
