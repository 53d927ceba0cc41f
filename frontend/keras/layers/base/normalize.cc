#include "frontend/keras/layers/base/normalize.h"

#include <algorithm>

namespace kiln::keras {
namespace {

using ir::Tensor;

/// Means over some dimensions of x, which stay with extent 1.
class Averaging {
 public:
  Averaging(const CallContext& context, Tensor x, const std::vector<int64_t>& dimensions,
            Tensor mask)
      : dimensions_(dimensions) {
    const bool over_rows = std::find(dimensions.begin(), dimensions.end(), 0) != dimensions.end();
    if (over_rows && context.real_rows) counted_ = spread(context.real_rows, x.shape());
    if (mask) {
      const Tensor shown = spread(mask, x.shape());
      counted_ = counted_ ? logical_and(counted_, shown) : shown;
      // As Keras, which keeps a mask that hides everything from dividing by zero.
      constexpr double kEpsilon = 1e-7;
      count_ = sum(convert(counted_, ir::ElementType::f32), dimensions, true) + kEpsilon;
    } else if (counted_) {
      int64_t per_row = 1;
      for (int64_t d : dimensions) per_row *= d == 0 ? 1 : x.shape()[static_cast<size_t>(d)];
      count_ = context.row_count * static_cast<double>(per_row);
    }
  }

  Tensor mean_of(Tensor values) const {
    if (!counted_) return mean(values, dimensions_, true);
    return sum(select(counted_, values, 0.0), dimensions_, true) / count_;
  }

 private:
  const std::vector<int64_t>& dimensions_;
  Tensor counted_;  ///< i1, in x's shape; null: everything counts
  Tensor count_;    ///< of what counts
};

}  // namespace

Moments moments(const CallContext& context, Tensor x, const std::vector<int64_t>& dimensions,
                Tensor mask) {
  const Averaging averaging(context, x, dimensions, mask);
  const Tensor mean = averaging.mean_of(x);
  const Tensor deviation = x - mean;
  return {mean, averaging.mean_of(square(deviation)), deviation};
}

Tensor along(Tensor values, Tensor x, std::span<const int64_t> dimensions) {
  ir::Shape shape(x.shape().size(), 1);
  for (int64_t d : dimensions) shape[static_cast<size_t>(d)] = x.shape()[static_cast<size_t>(d)];
  return reshape(values, std::move(shape));
}

}  // namespace kiln::keras
