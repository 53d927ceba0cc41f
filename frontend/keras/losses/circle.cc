// The circle loss: rows of a class near each other, rows of different classes apart.
#include <limits>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr double kLowest = -std::numeric_limits<double>::infinity();

/// The logarithm of a sum, [rows]; `any`: of at least one term.
struct LogSum {
  Tensor value, any;
};

/// log(sum(e^x)) over those of a row that count. x, counts: [rows, terms].
LogSum log_sum(Tensor x, Tensor counts) {
  const Tensor any = reduce(counts, "or", {1});
  const Tensor largest = stop_gradient(reduce(select(counts, x, kLowest), "maximum", {1}, true));
  const Tensor top = select(is_finite(largest), largest, 0.0);
  const Tensor total = sum(exp(select(counts, x - top, kLowest)), {1});
  return {reshape(top, total.shape()) + log(select(any, total, 1.0)), any};
}

}  // namespace

/// Sun et al., "Circle loss" (2020). A row without another one of its class, or without one of
/// another class, does not count.
LossValues circle(const Loss& loss, Tensor y, const Signal& prediction, Tensor real) {
  const Tensor p = prediction.tensor;
  const ir::Shape pairs = {y.shape()[0], y.shape()[0]};
  const Tensor distance = maximum(1.0 - dot(p, transpose(p, {1, 0})), 0.0);
  const Tensor same =
      compare(broadcast_in_dim(y, pairs, {0}), "EQ", broadcast_in_dim(y, pairs, {1}));
  const Tensor there = broadcast_in_dim(real, pairs, {1});
  Tensor positive = logical_and(same, there);
  if (loss.circle.remove_diagonal) {
    const ir::Type index{ir::ElementType::i32, pairs};
    positive =
        logical_and(positive, compare(y.builder->iota(index, 0), "NE", y.builder->iota(index, 1)));
  }
  const Tensor negative = logical_and(logical_not(same), there);
  const double gamma = loss.circle.gamma, margin = loss.circle.margin;
  const LogSum near =
      log_sum(gamma * (maximum(margin + distance, 0.0) * (distance - margin)), positive);
  const LogSum far =
      log_sum(gamma * (maximum(1 + margin - distance, 0.0) * (1 - margin - distance)), negative);
  const Tensor values =
      select(logical_and(near.any, far.any), softplus(near.value + far.value), 0.0);
  return {values, compare(values, "GT", 0.0)};
}

}  // namespace kiln::keras
