#include "frontend/keras/optimizers/clip.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

bool is_set(const std::optional<double>& limit) { return limit && *limit > 0; }

Tensor squared_norm(const WeightUpdate& weight) { return sum(weight.squared_gradient()); }

/// gradient * clipnorm / max(norm, clipnorm), for each weight by itself.
void clip_norms(std::vector<WeightUpdate>& weights, double limit) {
  for (WeightUpdate& weight : weights) {
    const Tensor norm = sqrt(squared_norm(weight));
    weight.scale_gradient(limit / maximum(norm, limit));
  }
}

/// The same with one norm over all gradients. An infinite or undefined norm makes all gradients
/// NaN, as in Keras, so that the training stops visibly.
void clip_global_norm(std::vector<WeightUpdate>& weights, double limit) {
  Tensor squares;
  for (const WeightUpdate& weight : weights) {
    const Tensor square = squared_norm(weight);
    squares = squares ? squares + square : square;
  }
  const Tensor norm = sqrt(squares);
  const Tensor scale = limit * minimum(1.0 / norm, 1.0 / limit) + (norm - norm);
  for (WeightUpdate& weight : weights) weight.scale_gradient(scale);
}

// The sum of an embedding's gradient is clipped, where Keras clips its parts.
void clip_values(std::vector<WeightUpdate>& weights, double limit) {
  for (WeightUpdate& weight : weights) {
    weight.gradient = minimum(maximum(weight.gradient, -limit), limit);
    weight.squares = {};
  }
}

}  // namespace

void clip(const Optimizer& optimizer, std::vector<WeightUpdate>& weights) {
  if (weights.empty()) return;
  ir::LocationScope scope(*weights[0].gradient.builder, "clip");
  if (is_set(optimizer.clipnorm)) {
    clip_norms(weights, *optimizer.clipnorm);
  } else if (is_set(optimizer.global_clipnorm)) {
    clip_global_norm(weights, *optimizer.global_clipnorm);
  } else if (is_set(optimizer.clipvalue)) {
    clip_values(weights, *optimizer.clipvalue);
  }
}

}  // namespace kiln::keras
