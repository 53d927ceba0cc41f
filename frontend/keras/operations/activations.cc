// Activation functions, with their parameters.
#include "frontend/keras/functions/activations.h"

#include <cmath>
#include <numbers>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// The function of that name that layers have, too.
Tensor by_name(const char* name, Tensor x) {
  return apply(ActivationFunction(name), Signal{x}).tensor;
}

/// e^x - 1 below 0; the minimum keeps e^x finite where it is not used.
Tensor exponential_below_zero(Tensor x) { return expm1(minimum(x, 0.0)); }

Tensor gelu_by_tanh(Tensor x) {
  const double scale = std::sqrt(2 / std::numbers::pi);
  return x * 0.5 * (tanh((x + x * x * x * 0.044715) * scale) + 1.0);
}

/// 0 within the threshold, and for NaN, as in Keras.
Tensor soft_shrink(Tensor x, double threshold) {
  const Tensor below = select(compare(x, "LT", -threshold), x + threshold, 0.0);
  return select(compare(x, "GT", threshold), x - threshold, below);
}

Tensor sparse_plus(Tensor x) {
  const Tensor middle = select(compare(abs(x), "GE", 1.0), x.builder->constant(0, x.type()), x);
  const Tensor parabola = square(middle + 1.0) * 0.25;
  const Tensor below = select(compare(x, "LE", -1.0), x.builder->constant(0, x.type()), parabola);
  return select(compare(x, "GE", 1.0), x, below);
}

/// A function along one dimension, which is moved last for it.
Expected<Tensor> along_last(Tensor x, int64_t axis, Tensor (*f)(Tensor)) {
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  const int64_t last = x.rank() - 1;
  if (dimension == last) return f(x);
  return transpose(f(transpose(x, moved(x.rank(), dimension, last))),
                   moved(x.rank(), last, dimension));
}

/// Softmax along one dimension, several together, or (None) all.
Expected<Tensor> softmax_along(Tensor x, const AxesArgument& axes) {
  KILN_ASSIGN(const ir::Integers dimensions, axes.of(x));
  if (dimensions.empty()) return Diagnostic{"", "does not take scalars", ""};
  return softmax(x, dimensions);
}

/// The first half times the logistic function of the second.
Expected<Tensor> glu(Tensor x, int64_t axis) {
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  const int64_t count = extent(x, dimension);
  if (count % 2 != 0) return Diagnostic{"", "takes an even extent along its axis", ""};
  return slice_along(x, dimension, 0, count / 2) *
         logistic(slice_along(x, dimension, count / 2, count));
}

}  // namespace

void add_activations(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Relu", "x", "x above 0, else 0", [](Tensor x) { return is_bool(x) ? x : maximum(x, 0.0); });
  add("Relu6", "x", "x between 0 and 6", [](Floats x) { return by_name("relu6", x.x); });
  add("Sigmoid", "x", "1 / (1 + e^-x)", [](Floats x) { return logistic(x.x); });
  add("LogSigmoid", "x", "log(sigmoid(x))", [](Floats x) { return by_name("log_sigmoid", x.x); });
  add("HardSigmoid", "x", "x / 6 + 1/2 between 0 and 1",
      [](Floats x) { return by_name("hard_sigmoid", x.x); });
  add("SparseSigmoid", "x", "(x + 1) / 2 between 0 and 1",
      [](Floats x) { return by_name("sparse_sigmoid", x.x); });
  add("Silu", "x", "x sigmoid(x)", [](Floats x) { return by_name("silu", x.x); });
  add("HardSilu", "x", "x hard_sigmoid(x)", [](Floats x) { return by_name("hard_silu", x.x); });
  add("Gelu", "x; approximate=True", "x times the normal distribution's share below x",
      [](Floats x, bool approximate) {
        return approximate ? gelu_by_tanh(x.x) : by_name("gelu", x.x);
      });
  add("Softplus", "x", "log(1 + e^x)", [](Floats x) { return softplus(x.x); });
  add("Softsign", "x", "x / (1 + |x|)", [](Floats x) { return by_name("softsign", x.x); });
  add("Elu", "x; alpha=1.0", "x above 0, alpha (e^x - 1) below", [](Floats x, double alpha) {
    return select(compare(x.x, "GT", 0.0), x.x, exponential_below_zero(x.x) * alpha);
  });
  add("Selu", "x", "elu, scaled to keep mean and variance",
      [](Floats x) { return by_name("selu", x.x); });
  add("Celu", "x; alpha=1.0", "x above 0, alpha (e^(x / alpha) - 1) below",
      [](Floats x, double alpha) {
        return maximum(x.x, 0.0) + exponential_below_zero(x.x / alpha) * alpha;
      });
  add("LeakyRelu", "x; negative_slope=0.2", "x above 0, negative_slope x below",
      [](Floats x, double slope) { return select(compare(x.x, "GE", 0.0), x.x, x.x * slope); });
  add("Squareplus", "x; b=4", "(x + sqrt(x^2 + b)) / 2",
      [](Floats x, double b) { return (x.x + sqrt(square(x.x) + b)) * 0.5; });
  add("SoftShrink", "x; threshold=0.5", "x nearer to 0 by a threshold",
      [](Floats x, double threshold) { return soft_shrink(x.x, threshold); });
  add("HardShrink", "x; threshold=0.5", "x, 0 within a threshold", [](Floats x, double threshold) {
    return select(compare(abs(x.x), "GT", threshold), x.x, 0.0);
  });
  add("TanhShrink", "x", "x - tanh(x)", [](Floats x) { return x.x - tanh(x.x); });
  add("HardTanh", "x", "x between -1 and 1", [](Floats x) { return clip(x.x, -1, 1); });
  add("SparsePlus", "x", "0 below -1, x above 1, a parabola between",
      [](Floats x) { return sparse_plus(x.x); });
  add("Threshold", "x; threshold, default_value", "x above a threshold, else a value",
      [](Floats x, double threshold, double otherwise) {
        return select(compare(x.x, "GT", threshold), x.x, otherwise);
      });
  add("Glu", "x; axis=-1", "the first half times the sigmoid of the second",
      [](Floats x, int64_t axis) { return glu(x.x, axis); });
  add("Softmax", "x; axis=-1", "e^x / sum(e^x)",
      [](Floats x, AxesArgument axis) { return softmax_along(x.x, axis); });
  add("LogSoftmax", "x; axis=-1", "log(softmax(x))", [](Floats x, int64_t axis) {
    return along_last(x.x, axis, [](Tensor y) { return log_softmax(y); });
  });
}

}  // namespace kiln::keras
