// Losses of a margin. Labels are -1 and 1; where a batch has none but 0 and 1, these are meant.
#include <numeric>

#include "frontend/keras/losses/losses.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Tensor signs(Tensor y) {
  ir::Integers all(static_cast<size_t>(y.rank()));
  std::iota(all.begin(), all.end(), 0);
  const Tensor binary = logical_or(compare(y, "EQ", 0.0), compare(y, "EQ", 1.0));
  return select(reduce(binary, "and", std::move(all)), y * 2.0 - 1.0, y);
}

/// x where it is not negative. The derivative at 0 is 1, as in Keras.
Tensor positive_part(Tensor x) { return maximum(x.builder->constant(0, x.type()), x); }

Tensor shortfall(Tensor y, Tensor p) { return positive_part(1.0 - signs(y) * p); }

}  // namespace

LossValues hinge(const Loss&, Tensor y, const Signal& prediction) {
  return {mean(shortfall(y, prediction.tensor), {y.rank() - 1}), {}};
}

LossValues squared_hinge(const Loss&, Tensor y, const Signal& prediction) {
  return {mean(square(shortfall(y, prediction.tensor)), {y.rank() - 1}), {}};
}

LossValues categorical_hinge(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor& p = prediction.tensor;
  const int64_t last = p.rank() - 1;
  const Tensor of_label = sum(y * p, {last});
  const Tensor best_other = reduce((1.0 - y) * p, "maximum", {last});
  return {positive_part(best_other - of_label + 1.0), {}};
}

}  // namespace kiln::keras
