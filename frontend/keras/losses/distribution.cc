// Losses between distributions, and between a mask and what a model thinks it is.
#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras {

using ir::Tensor;

LossValues kl_divergence(const Loss&, Tensor y, const Signal& prediction) {
  y = clip(y, kEpsilon, 1);
  return {sum(y * log(y / clip(prediction.tensor, kEpsilon, 1)), {y.rank() - 1}), {}};
}

LossValues poisson(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor& p = prediction.tensor;
  return {mean(p - y * log(p + kEpsilon), {p.rank() - 1}), {}};
}

LossValues dice(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor& p = prediction.tensor;
  return {1.0 - sum(y * p) * 2.0 / (sum(y) + sum(p) + kEpsilon), {}};
}

/// Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation" (2017).
LossValues tversky(const Loss& loss, Tensor y, const Signal& prediction) {
  const Tensor& p = prediction.tensor;
  const Tensor both = sum(y * p), missed = sum((1.0 - p) * y), wrong = sum(p * (1.0 - y));
  return {1.0 - both / (both + missed * loss.alpha + wrong * loss.beta + kEpsilon), {}};
}

}  // namespace kiln::keras
