#include "frontend/keras/layers/base/pool.h"

#include <algorithm>

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

ir::Tensor pool(Pool kind, ir::Tensor x, const SlidingWindow& window) {
  const ir::Window over = window_over(window, x.shape());
  if (kind == Pool::maximum) return reduce_window(x, "maximum", over);
  return mean_of(reduce_window(x, "add", over), window, x.shape());
}

ir::Tensor adaptive_pool(Pool kind, ir::Tensor x, int64_t dimension, int64_t windows) {
  const auto d = static_cast<size_t>(dimension);
  const int64_t elements = x.shape()[d];
  std::vector<ir::Tensor> results;
  for (int64_t i = 0; i < windows; ++i) {
    ir::Integers starts(x.shape().size(), 0), limits = x.shape();
    starts[d] = i * elements / windows;
    limits[d] = ((i + 1) * elements + windows - 1) / windows;
    const ir::Tensor run = slice(x, starts, limits);
    results.push_back(kind == Pool::maximum ? reduce(run, "maximum", {dimension}, true)
                                            : mean(run, {dimension}, true));
  }
  return results.size() == 1 ? results[0] : ir::concatenate(results, dimension);
}

}  // namespace kiln::keras
