// Losses between numbers.
#include <cmath>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

LossValues mean_last(Tensor x) { return {mean(x, {x.rank() - 1}), {}}; }

}  // namespace

LossValues mean_squared_error(const Loss&, Tensor y, const Signal& prediction) {
  return mean_last(square(prediction.tensor - y));
}

LossValues mean_absolute_error(const Loss&, Tensor y, const Signal& prediction) {
  return mean_last(abs(prediction.tensor - y));
}

LossValues mean_absolute_percentage_error(const Loss&, Tensor y, const Signal& prediction) {
  LossValues part = mean_last(abs((y - prediction.tensor) / maximum(abs(y), kEpsilon)));
  part.values = part.values * 100.0;
  return part;
}

LossValues mean_squared_logarithmic_error(const Loss&, Tensor y, const Signal& prediction) {
  auto logarithm = [](Tensor x) { return log(maximum(x, kEpsilon) + 1.0); };
  return mean_last(square(logarithm(prediction.tensor) - logarithm(y)));
}

/// Huber, "Robust estimation of a location parameter" (1964).
LossValues huber(const Loss& loss, Tensor y, const Signal& prediction) {
  const Tensor error = prediction.tensor - y, size = abs(error);
  const double delta = loss.delta;
  return mean_last(
      select(compare(size, "LE", delta), square(error) * 0.5, size * delta - 0.5 * delta * delta));
}

LossValues log_cosh(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor error = prediction.tensor - y;
  return mean_last(error + softplus(error * -2.0) - std::log(2.0));
}

LossValues cosine_similarity(const Loss&, Tensor y, const Signal& prediction) {
  const ir::Integers last = {y.rank() - 1};
  return {-sum(unit_vectors(y, last) * unit_vectors(prediction.tensor, last), last), {}};
}

}  // namespace kiln::keras
