#include "frontend/keras/layers/normalize.h"

#include <algorithm>

namespace kiln::keras {
namespace {

using ir::Tensor;

Tensor mean_of_real_rows(const CallContext& context, Tensor x,
                         const std::vector<int64_t>& dimensions) {
  const bool over_rows = std::find(dimensions.begin(), dimensions.end(), 0) != dimensions.end();
  if (!over_rows || !context.real_rows) return mean(x, dimensions, true);
  const Tensor real = broadcast_in_dim(context.real_rows, x.shape(), {0});
  int64_t per_row = 1;
  for (int64_t d : dimensions) per_row *= d == 0 ? 1 : x.shape()[static_cast<size_t>(d)];
  const Tensor count = context.row_count * static_cast<double>(per_row);
  return sum(select(real, x, 0.0), dimensions, true) / count;
}

}  // namespace

Moments moments(const CallContext& context, Tensor x, const std::vector<int64_t>& dimensions) {
  const Tensor mean = mean_of_real_rows(context, x, dimensions);
  const Tensor deviation = x - mean;
  return {mean, mean_of_real_rows(context, square(deviation), dimensions), deviation};
}

Tensor along(Tensor values, Tensor x, std::span<const int64_t> dimensions) {
  ir::Shape shape(x.shape().size(), 1);
  for (int64_t d : dimensions) shape[static_cast<size_t>(d)] = x.shape()[static_cast<size_t>(d)];
  return reshape(values, std::move(shape));
}

}  // namespace kiln::keras
