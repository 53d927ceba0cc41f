// Normalizations by moments, attention, and cross-entropies: what layers and losses compute, of
// tensors that are given.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

constexpr auto kF32 = ir::ElementType::f32;

/// A factor or an offset that may be missing.
using Parameter = std::optional<Floats>;

Status check_f32(Tensor x) {
  if (x.type().element == kF32) return ok();
  return Diagnostic{"", "takes float32", "convert with keras.ops.cast"};
}

/// A vector along one of x's dimensions, in x's shape.
Expected<Tensor> along_dimension(Tensor vector, Tensor x, int64_t dimension,
                                 std::string_view name) {
  if (vector.shape() != ir::Shape{extent(x, dimension)}) {
    return Diagnostic{"",
                      fmt::format("\"{}\" must be a vector of {} elements, not {}", name,
                                  extent(x, dimension), show_shape(vector.shape())),
                      ""};
  }
  return broadcast_in_dim(convert(vector, kF32), x.shape(), {dimension});
}

/// x * inv + (offset - mean * inv), as Keras on JAX has it, where inv = scale / deviation.
Expected<Tensor> batch_norm(Tensor x, Tensor mean, Tensor variance, const Parameter& offset,
                            const Parameter& scale, int64_t axis, double epsilon) {
  KILN_TRY(check_f32(x));
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  KILN_ASSIGN(const Tensor center, along_dimension(mean, x, dimension, "mean"));
  KILN_ASSIGN(const Tensor spread, along_dimension(variance, x, dimension, "variance"));
  Tensor inv = rsqrt(spread + epsilon);
  if (scale) {
    KILN_ASSIGN(const Tensor factor, along_dimension(scale->x, x, dimension, "scale"));
    inv = inv * factor;
  }
  Tensor rest = -center * inv;
  if (offset) {
    KILN_ASSIGN(const Tensor shift, along_dimension(offset->x, x, dimension, "offset"));
    rest = rest + shift;
  }
  return x * inv + rest;
}

/// A parameter that broadcasts with x; one that has other dimensions lies along `dimensions`.
Expected<Tensor> parameter_of(Tensor parameter, Tensor x, const Integers& dimensions) {
  ir::Shape shape(x.shape().size(), 1);
  for (int64_t d : dimensions) shape.at(static_cast<size_t>(d)) = extent(x, d);
  const bool along_last = dimensions == Integers{x.rank() - 1};
  if (parameter.rank() != x.rank() && !along_last &&
      parameter.type().count() == ir::element_count(shape))
    parameter = reshape(parameter, shape);
  KILN_ASSIGN(const ir::Shape common, common_shape(parameter.shape(), x.shape()));
  if (common != x.shape()) {
    return Diagnostic{"",
                      fmt::format("a parameter of shape {} does not fit {}",
                                  show_shape(parameter.shape()), show_shape(x.shape())),
                      ""};
  }
  return convert(parameter, kF32);
}

Expected<Tensor> layer_norm(Tensor x, const Parameter& gamma, const Parameter& beta,
                            const IntegerList& axis, std::optional<double> epsilon,
                            bool rms_scaling) {
  KILN_TRY(check_f32(x));
  KILN_ASSIGN(Integers dimensions, dimensions_of(axis.values, x.rank()));
  std::sort(dimensions.begin(), dimensions.end());
  const Tensor center = mean(x, dimensions, true);
  const Tensor variance = mean(square(x - center), dimensions, true);
  Tensor inv = rsqrt(variance + epsilon.value_or(kEpsilon));
  if (gamma) {
    KILN_ASSIGN(const Tensor factor, parameter_of(gamma->x, x, dimensions));
    inv = inv * factor;
  }
  if (rms_scaling) return x * inv;
  Tensor rest = -center * inv;
  if (beta) {
    KILN_ASSIGN(const Tensor shift, parameter_of(beta->x, x, dimensions));
    rest = rest + shift;
  }
  return x * inv + rest;
}

Expected<Tensor> rms_norm(Tensor x, const Parameter& scale, const IntegerList& axis,
                          std::optional<double> epsilon) {
  KILN_TRY(check_f32(x));
  KILN_ASSIGN(const Integers dimensions, dimensions_of(axis.values, x.rank()));
  const Tensor y = x * rsqrt(mean(square(x), dimensions, true) + epsilon.value_or(kEpsilon));
  if (!scale) return y;
  KILN_ASSIGN(const ir::Shape common, common_shape(scale->x.shape(), x.shape()));
  if (common != x.shape()) return Diagnostic{"", "scale does not fit into the shape of x", ""};
  return y * convert(scale->x, kF32);
}

// ---- attention: query [batch, queries, heads, n], key and value [batch, keys, heads, n]

/// Heads of keys and values that several of the queries' share, once for each.
Tensor for_each_head(Tensor x, int64_t heads) {
  const ir::Shape s = x.shape();
  if (s[2] == heads) return x;
  const ir::Shape groups = {s[0], s[1], s[2], heads / s[2], s[3]};
  return reshape(broadcast_in_dim(x, groups, {0, 1, 2, 4}), {s[0], s[1], heads, s[3]});
}

Status check_attention(Tensor query, Tensor key, Tensor value) {
  for (Tensor x : {query, key, value}) {
    KILN_TRY(check_f32(x));
    if (x.rank() != 4)
      return Diagnostic{"", "takes tensors [batch, positions, heads, features]", ""};
  }
  const ir::Shape &q = query.shape(), &k = key.shape();
  if (k == value.shape() && q[0] == k[0] && q[3] == k[3] && k[2] > 0 && q[2] % k[2] == 0)
    return ok();
  return Diagnostic{"",
                    fmt::format("query {}, key {} and value {} do not fit", show_shape(q),
                                show_shape(k), show_shape(value.shape())),
                    ""};
}

/// x, which broadcasts to the logits.
Expected<Tensor> like_logits(Tensor x, Tensor logits, std::string_view name) {
  KILN_ASSIGN(const ir::Shape common, common_shape(x.shape(), logits.shape()));
  if (common == logits.shape()) return broadcast_to(x, common);
  return Diagnostic{"",
                    fmt::format("\"{}\" of shape {} does not fit [batch, heads, queries, keys] {}",
                                name, show_shape(x.shape()), show_shape(logits.shape())),
                    ""};
}

Expected<Tensor> attend(Tensor query, Tensor key, Tensor value, const Parameter& bias,
                        std::optional<Tensor> mask, std::optional<double> scale, bool is_causal) {
  KILN_TRY(check_attention(query, key, value));
  const int64_t heads = extent(query, 2);
  key = for_each_head(key, heads);
  value = for_each_head(value, heads);
  ir::DotGeneral scores;
  scores.lhs_batching = scores.rhs_batching = {0, 2};
  scores.lhs_contracting = scores.rhs_contracting = {3};
  const double factor = scale.value_or(1 / std::sqrt(static_cast<double>(extent(query, 3))));
  Tensor logits = dot_general(query, key, scores) * factor;
  if (bias) {
    KILN_ASSIGN(const Tensor shift, like_logits(convert(bias->x, kF32), logits, "bias"));
    logits = logits + shift;
  }
  // What JAX puts where nothing is to be seen; finite, so that a row that sees nothing has a mean.
  const double hidden = -0.7 * static_cast<double>(std::numeric_limits<float>::max());
  Tensor seen;
  if (mask) {
    KILN_ASSIGN(seen, like_logits(as_bool(*mask), logits, "mask"));
  }
  if (is_causal) {
    const ir::Type index = logits.type().with_element(ir::ElementType::i32);
    const Tensor before =
        compare(logits.builder->iota(index, 3), "LE", logits.builder->iota(index, 2));
    seen = seen ? logical_and(seen, before) : before;
  }
  if (seen) logits = select(seen, logits, hidden);
  ir::DotGeneral weighed;
  weighed.lhs_batching = {0, 1};
  weighed.rhs_batching = {0, 2};
  weighed.lhs_contracting = {3};
  weighed.rhs_contracting = {1};
  return transpose(dot_general(softmax(logits), value, weighed), {0, 2, 1, 3});
}

// ---- cross-entropies

/// The logarithms of the probabilities that x holds along its last dimension, or of logits.
Tensor log_probabilities(Tensor x, bool from_logits) {
  if (from_logits) return log_softmax(x);
  return log(clip(x / sum(x, {x.rank() - 1}, true), kEpsilon, 1 - kEpsilon));
}

Diagnostic do_not_fit(Tensor target, Tensor output) {
  return {"",
          fmt::format("a target of shape {} does not fit {}", show_shape(target.shape()),
                      show_shape(output.shape())),
          ""};
}

Expected<Tensor> categorical_crossentropy(Tensor target, Tensor output, bool from_logits,
                                          int64_t axis) {
  KILN_TRY(check_f32(output));
  if (target.shape() != output.shape()) return do_not_fit(target, output);
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, output.rank()));
  const int64_t last = output.rank() - 1;
  const Integers order = moved(output.rank(), dimension, last);
  const Tensor log_p = log_probabilities(transpose(output, order), from_logits);
  return -sum(transpose(convert(target, kF32), order) * log_p, {last});
}

/// Of the classes' numbers; one that is no class's counts for nothing.
Expected<Tensor> sparse_crossentropy(Tensor target, Tensor output, bool from_logits, int64_t axis) {
  KILN_TRY(check_f32(output));
  KILN_ASSIGN(const int64_t last, dimension_of(-1, output.rank()));
  if (axis != -1 && axis != last)
    return Diagnostic{"", "takes classes along the last dimension alone", ""};
  ir::Shape shape = output.shape();
  shape.back() = 1;
  if (target.type().count() != ir::element_count(shape) ||
      (target.rank() != last && target.shape() != shape))
    return do_not_fit(target, output);
  const Tensor label = reshape(convert(target, ir::ElementType::i32), shape);
  const ir::Type index = output.type().with_element(ir::ElementType::i32);
  const Tensor is_class =
      compare(broadcast_to(label, output.shape()), "EQ", output.builder->iota(index, last));
  return -sum(convert(is_class, kF32) * log_probabilities(output, from_logits), {last});
}

Expected<Tensor> binary_crossentropy(Tensor target, Tensor output, bool from_logits) {
  KILN_TRY(check_f32(output));
  if (target.shape() != output.shape()) return do_not_fit(target, output);
  const Tensor y = convert(target, kF32);
  if (from_logits) return y * softplus(-output) + (1.0 - y) * softplus(output);
  const Tensor p = clip(output, kEpsilon, 1 - kEpsilon);
  return -(y * log(p) + (1.0 - y) * log(1.0 - p));
}

void add_crossentropies(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("BinaryCrossentropy", "target, output; from_logits=False",
      "the cross-entropy of each element", [](Floats target, Floats output, bool from_logits) {
        return binary_crossentropy(target.x, output.x, from_logits);
      });
  add("CategoricalCrossentropy", "target, output; from_logits=False, axis=-1",
      "the cross-entropy of probabilities along an axis",
      [](Floats target, Floats output, bool from_logits, int64_t axis) {
        return categorical_crossentropy(target.x, output.x, from_logits, axis);
      });
  add("SparseCategoricalCrossentropy", "target, output; from_logits=False, axis=-1",
      "the cross-entropy of probabilities, of classes' numbers",
      [](Tensor target, Floats output, bool from_logits, int64_t axis) {
        return sparse_crossentropy(target, output.x, from_logits, axis);
      });
}

}  // namespace

void add_normalizations(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("BatchNorm", "x, mean, variance, offset=None, scale=None; axis, epsilon=0.001",
      "x less a mean, over a deviation, along an axis",
      [](Floats x, Floats mean, Floats variance, Parameter offset, Parameter scale, int64_t axis,
         double epsilon) {
        return batch_norm(x.x, mean.x, variance.x, offset, scale, axis, epsilon);
      });
  add("LayerNorm", "x, gamma=None, beta=None; axis=-1, epsilon=None, rms_scaling=False",
      "x less its mean, over its deviation, along axes",
      [](Floats x, Parameter gamma, Parameter beta, IntegerList axis, std::optional<double> epsilon,
         bool rms_scaling) { return layer_norm(x.x, gamma, beta, axis, epsilon, rms_scaling); });
  add("RMSNorm", "x, scale=None; axis=-1, epsilon=None", "x over its root mean square along axes",
      [](Floats x, Parameter scale, IntegerList axis, std::optional<double> epsilon) {
        return rms_norm(x.x, scale, axis, epsilon);
      });
  add("DotProductAttention",
      "query, key, value, bias=None, mask=None, scale=None; is_causal=False, "
      "flash_attention=None, attn_logits_soft_cap=None",
      "values, weighed by how well their keys fit a query",
      [](Floats query, Floats key, Floats value, Parameter bias, std::optional<Tensor> mask,
         std::optional<double> scale, bool is_causal, AnyArgument,
         AnyArgument soft_cap) -> Expected<Tensor> {
        // Keras's backends differ: on CPUs, JAX passes it over.
        if (!soft_cap.json->is_null())
          return Diagnostic{"", "attn_logits_soft_cap is not supported", ""};
        return attend(query.x, key.x, value.x, bias, mask, scale, is_causal);
      });
  add_crossentropies(table);
}

}  // namespace kiln::keras
