// Cross-entropies, from logits wherever they are at hand: where the prediction is said to be
// logits, and where a softmax or a sigmoid, whichever it was, has just been computed from some.
// That is what Keras does on TensorFlow. Probabilities of other origin are clipped by epsilon, as
// Keras does.
#include "frontend/keras/activations.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr double kEpsilon = 1e-7;

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

Tensor binary_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  if (loss.label_smoothing != 0) y = y * (1 - loss.label_smoothing) + 0.5 * loss.label_smoothing;
  const int64_t last = prediction.tensor.rank() - 1;
  if (const Tensor z = logits_of(loss, prediction)) return mean(softplus(z) - z * y, {last});
  const Tensor p = clipped(prediction.tensor);
  return mean(-(y * log(p) + (1.0 - y) * log(1.0 - p)), {last});
}

Tensor categorical_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  const int64_t classes = prediction.tensor.shape().back();
  if (loss.label_smoothing != 0) {
    y = y * (1 - loss.label_smoothing) + loss.label_smoothing / static_cast<double>(classes);
  }
  if (const Tensor z = logits_of(loss, prediction)) return -sum_last(y * log_softmax(z));
  const Tensor p = prediction.tensor / sum(prediction.tensor, {prediction.tensor.rank() - 1}, true);
  return -sum_last(y * log(clipped(p)));
}

Tensor sparse_categorical_crossentropy(const Loss& loss, Tensor y, const Signal& prediction) {
  // Keras passes the clipped probabilities' logarithms through the same function of logits, which
  // divides them by their sum.
  const Tensor z = logits_of(loss, prediction);
  return negative_log_of_class(log_softmax(z ? z : log(clipped(prediction.tensor))), y);
}

}  // namespace kiln::keras
