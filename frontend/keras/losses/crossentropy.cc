// Cross-entropies, from logits wherever they are at hand: where the prediction is said to be
// logits, and where a softmax or a sigmoid, whichever it was, has just been computed from some.
// That is what Keras does on TensorFlow. Probabilities of other origin are clipped by epsilon, as
// Keras does.
#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// The logits of the prediction; null where it holds probabilities of unknown origin.
Tensor logits_of(const Loss& loss, const Signal& prediction) {
  if (prediction.logits) return prediction.logits;
  return loss.from_logits ? prediction.tensor : Tensor{};
}

Tensor clipped(Tensor p) { return clip(p, kEpsilon, 1.0 - kEpsilon); }

Tensor sum_last(Tensor x) { return sum(x, {x.rank() - 1}); }

/// -log p of the labelled class, of log-probabilities log p.
Tensor negative_log_of_class(Tensor log_p, Tensor y) {
  return -sum_last(select(is_class(y, log_p.shape().back()), log_p, 0.0));
}

Tensor smoothed_binary(const Loss& loss, Tensor y) {
  if (loss.label_smoothing == 0) return y;
  return y * (1 - loss.label_smoothing) + 0.5 * loss.label_smoothing;
}

Tensor smoothed_categorical(const Loss& loss, Tensor y, int64_t classes) {
  if (loss.label_smoothing == 0) return y;
  return y * (1 - loss.label_smoothing) + loss.label_smoothing / static_cast<double>(classes);
}

/// Of each element by itself.
Tensor binary_terms(const Loss& loss, Tensor y, const Signal& prediction) {
  if (const Tensor z = logits_of(loss, prediction)) return softplus(z) - z * y;
  const Tensor p = clipped(prediction.tensor);
  return -(y * log(p) + (1.0 - y) * log(1.0 - p));
}

Tensor normalized(Tensor p) { return p / sum(p, {p.rank() - 1}, true); }

}  // namespace

Tensor is_class(Tensor y, int64_t classes) {
  ir::Shape shape = y.shape();
  shape.push_back(1);
  const Tensor column = reshape(y, shape);
  shape.back() = classes;
  return compare(
      y.builder->iota(y.type().with_shape(shape), static_cast<int64_t>(shape.size()) - 1), "EQ",
      column);
}

LossValues binary_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  const int64_t last = prediction.tensor.rank() - 1;
  return {mean(binary_terms(loss, smoothed_binary(loss, y), prediction), {last}), {}};
}

/// Lin et al., "Focal loss for dense object detection" (2017): a term counts for less, the surer it
/// is.
LossValues binary_focal_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  y = smoothed_binary(loss, y);
  const Tensor p = loss.from_logits ? logistic(prediction.tensor) : prediction.tensor;
  const Tensor of_label = y * p + (1.0 - y) * (1.0 - p);
  Tensor terms = power(1.0 - of_label, loss.gamma) * binary_terms(loss, y, prediction);
  if (loss.apply_class_balancing) terms = (y * loss.alpha + (1.0 - y) * (1 - loss.alpha)) * terms;
  return {mean(terms, {p.rank() - 1}), {}};
}

LossValues categorical_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  y = smoothed_categorical(loss, y, prediction.tensor.shape().back());
  if (const Tensor z = logits_of(loss, prediction)) return {-sum_last(y * log_softmax(z)), {}};
  return {-sum_last(y * log(clipped(normalized(prediction.tensor)))), {}};
}

LossValues categorical_focal_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  y = smoothed_categorical(loss, y, prediction.tensor.shape().back());
  const Tensor p =
      clipped(normalized(loss.from_logits ? softmax(prediction.tensor) : prediction.tensor));
  return {-sum_last(power(1.0 - p, loss.gamma) * loss.alpha * y * log(p)), {}};
}

LossValues sparse_categorical_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  // Keras passes the clipped probabilities' logarithms through the same function of logits, which
  // divides them by their sum.
  const Tensor z = logits_of(loss, prediction);
  const Tensor log_p = log_softmax(z ? z : log(clipped(prediction.tensor)));
  if (!loss.ignore_class) return {negative_log_of_class(log_p, y), {}};
  const Tensor valid = compare(y, "NE", static_cast<double>(*loss.ignore_class));
  return {select(valid, negative_log_of_class(log_p, y), 0.0), valid};
}

/// Z. Zhang, M. Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy
/// labels" (2018).
LossValues categorical_generalized_cross_entropy(const Loss& loss, Tensor y,
                                                 const Signal& prediction) {
  const Tensor one_hot =
      convert(is_class(y, prediction.tensor.shape().back()), prediction.tensor.type().element);
  const Tensor p = sum_last(prediction.tensor * one_hot);
  return {(1.0 - power(p, loss.q)) / loss.q, {}};
}

}  // namespace kiln::keras
