#include "frontend/keras/functions/activations.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/options/object_kind.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// x shifted so that e^x does not overflow: no element above 0, the largest of a row above -1.
/// Rounded, because a rounded number has no derivative: the shift cancels out of the result, and
/// with the derivative zero no ops are spent on finding that out.
Tensor shifted(Tensor x, const std::vector<int64_t>& dimensions) {
  return x - ceil(reduce(x, "maximum", dimensions, true));
}

/// The same as clip(), but without a derivative at the borders.
Tensor clamp(Tensor x, double low, double high) { return minimum(maximum(x, low), high); }
Tensor relu(Tensor x) { return maximum(x, 0.0); }
Tensor relu6(Tensor x) { return clamp(x, 0, 6); }
Tensor leaky_relu(Tensor x) { return select(compare(x, "GT", 0.0), x, x * 0.2); }
/// e^x - 1 below 0. The minimum keeps e^x finite where it is not used: infinity times 0 would
/// spoil the gradient.
Tensor exponential_below_zero(Tensor x) { return expm1(minimum(x, 0.0)); }
Tensor elu(Tensor x) { return select(compare(x, "GE", 0.0), x, exponential_below_zero(x)); }
/// Klambauer et al., "Self-normalizing neural networks" (2017).
Tensor selu(Tensor x) {
  constexpr double kScale = 1.0507009873554805, kAlpha = 1.6732632423543772;
  return select(compare(x, "GE", 0.0), x * kScale, exponential_below_zero(x) * (kScale * kAlpha));
}
Tensor gelu(Tensor x) { return x * 0.5 * (erf(x * std::sqrt(0.5)) + 1.0); }
Tensor silu(Tensor x) { return x * logistic(x); }
Tensor softsign(Tensor x) { return x / (abs(x) + 1.0); }
Tensor squareplus(Tensor x) { return (x + sqrt(square(x) + 4.0)) * 0.5; }
Tensor soft_shrink(Tensor x) { return x - clip(x, -0.5, 0.5); }
Tensor hard_shrink(Tensor x) { return select(compare(abs(x), "GT", 0.5), x, 0.0); }
Tensor tanh_shrink(Tensor x) { return x - tanh(x); }
Tensor sparse_plus(Tensor x) {
  const Tensor above = select(compare(x, "LT", 1.0), square(x + 1.0) * 0.25, x);
  return select(compare(x, "LE", -1.0), x * 0.0, above);
}
Tensor sparse_sigmoid(Tensor x) { return clamp((x + 1.0) * 0.5, 0, 1); }
Tensor hard_sigmoid(Tensor x) { return relu6(x + 3.0) * (1.0 / 6.0); }
/// What Keras 2 called hard_sigmoid.
Tensor hard_sigmoid_keras_2(Tensor x) { return clamp(x * 0.2 + 0.5, 0, 1); }
Tensor hard_silu(Tensor x) { return x * hard_sigmoid(x); }
Tensor hard_tanh(Tensor x) { return clip(x, -1, 1); }
Tensor mish(Tensor x) { return x * tanh(softplus(x)); }
Tensor log_sigmoid(Tensor x) { return -softplus(-x); }
/// The point of the simplex nearest to each row. Martins, Astudillo, "From softmax to sparsemax"
/// (2016). An element is in the support if it is large against those that are not smaller; counting
/// them by comparing all pairs takes the place of sorting. The threshold is Keras's, which adds up
/// the sums where the paper takes the last.
Tensor sparsemax(Tensor x) {
  const int64_t last = x.rank() - 1;
  ir::Shape column = x.shape(), row = x.shape();
  column.push_back(1);
  row.insert(row.end() - 1, 1);
  const Tensor others = reshape(x, row);
  const Tensor counted = convert(compare(others, "GE", reshape(x, column)), x.type().element);
  const Tensor rank = sum(counted, {last + 1});
  const Tensor sum_above = sum(counted * others, {last + 1});
  const Tensor support = convert(compare(x * rank + 1.0, "GT", sum_above), x.type().element);
  const Tensor threshold =
      (sum(sum_above * support, {last}, true) - 1.0) / sum(support, {last}, true);
  return maximum(x - threshold, 0.0);
}
Tensor linear(Tensor x) { return x; }

struct Function {
  std::string_view name;
  Tensor (*apply)(Tensor);
  bool keeps_logits = false;
};

constexpr Function kFunctions[] = {
    {"linear", linear},
    {"relu", relu},
    {"relu6", relu6},
    {"leaky_relu", leaky_relu},
    {"elu", elu},
    {"selu", selu},
    {"celu", elu},  // the same at Keras's alpha of 1
    {"gelu", gelu},
    {"silu", silu},
    {"swish", silu},
    {"sigmoid", ir::logistic, true},
    {"softmax", [](Tensor x) { return softmax(x); }, true},
    {"sparsemax", sparsemax},
    {"log_softmax", log_softmax},
    {"log_sigmoid", log_sigmoid},
    {"tanh", ir::tanh},
    {"softplus", softplus},
    {"softsign", softsign},
    {"squareplus", squareplus},
    {"soft_shrink", soft_shrink},
    {"hard_shrink", hard_shrink},
    {"tanh_shrink", tanh_shrink},
    {"sparse_plus", sparse_plus},
    {"sparse_sigmoid", sparse_sigmoid},
    {"hard_sigmoid", hard_sigmoid},
    {"hard_sigmoid_keras_2", hard_sigmoid_keras_2},
    {"hard_silu", hard_silu},
    {"hard_swish", hard_silu},
    {"hard_tanh", hard_tanh},
    {"exponential", ir::exp},
    {"mish", mish},
};

const Function* find_function(std::string_view name) {
  for (const Function& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace

Tensor clip(Tensor x, double low, double high) {
  // The derivative of equal operands goes to the second.
  auto limit = [&](double value) { return x.builder->constant(value, x.type()); };
  return maximum(limit(low), minimum(limit(high), x));
}

Tensor softmax(Tensor x, const std::vector<int64_t>& dimensions) {
  const Tensor e = exp(shifted(x, dimensions));
  return e / sum(e, dimensions, true);
}

Tensor softmax(Tensor x) { return softmax(x, {x.rank() - 1}); }

Tensor log_softmax(Tensor x) {
  const Tensor z = shifted(x, {x.rank() - 1});
  return z - log(sum(exp(z), {x.rank() - 1}, true));
}

Tensor softplus(Tensor x) {
  const Tensor positive = compare(x, "GE", 0.0);
  return select(positive, x, 0.0) + log1p(exp(select(positive, -x, x)));
}

Status check(const ActivationFunction& activation) {
  if (find_function(activation.name)) return ok();
  if (activation.name == "glu" || activation.name == "threshold") {
    return Diagnostic{"", fmt::format("activation \"{}\" is not supported", activation.name), ""};
  }
  std::vector<std::string_view> names;
  for (const Function& function : kFunctions) names.push_back(function.name);
  return Diagnostic{"", fmt::format("unknown activation \"{}\"", activation.name),
                    ir::did_you_mean(activation.name, names)};
}

Signal apply(const ActivationFunction& activation, const Signal& x) {
  const Function* function = find_function(activation.name);
  KILN_CHECK(function != nullptr, "activation {} was not checked", activation.name);
  if (function->apply == linear) return x;
  ir::LocationScope scope(*x.tensor.builder, activation.name);
  Signal y{function->apply(x.tensor), {}};
  if (function->keeps_logits) y.logits = x.tensor;
  return y;
}

namespace {

void read(ActivationFunction& activation, const OptionReading& from) {
  const Json& value = from.value();
  if (value.is_null()) {
    if (from.config.has(from.key)) activation = ActivationFunction();
    return;
  }
  if (auto checked = check_is_of_keras(value, "the activation", from.where()); !checked)
    return from.config.fail(checked.error());
  if (!value.is_string()) {
    return from.config.fail(fmt::format("\"{}\": only activations by name are supported, not {}",
                                        from.key, excerpt(value)),
                            "put the activation into a layer of its own");
  }
  activation = ActivationFunction(value.get<std::string>());
  if (auto checked = check(activation); !checked)
    from.config.fail(checked.error().message, checked.error().note);
}
Json write(const ActivationFunction& activation, ConfigKind) { return activation.name; }

}  // namespace

const ObjectKind& object_kind(const ActivationFunction*) {
  static constexpr ObjectKind kKind = object_kind_of<ActivationFunction, read, write>("activation");
  return kKind;
}

}  // namespace kiln::keras
