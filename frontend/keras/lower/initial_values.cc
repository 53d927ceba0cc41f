#include "frontend/keras/lower/initial_values.h"

#include <algorithm>
#include <cmath>

#include "frontend/keras/functions/random.h"
#include "ir/scan.h"

namespace kiln::keras {
namespace {

using ir::Builder;
using ir::Tensor;
using ir::Type;

Tensor uniform_value(const Type& type, Tensor state, double low, double high) {
  return uniform(rng_bit_generator(state, type.shape).bits, low, high);
}

Tensor normal_value(const Type& type, Tensor state, const NormalRule& rule) {
  const Tensor bits = rng_bit_generator(state, type.shape).bits;
  return standard_normal(bits, rule.truncated) * rule.stddev + rule.mean;
}

/// state: (seed, stream) to (a seed of its own, 0).
Tensor generator_value(Tensor state) {
  // The odd number next to 2^64 over the golden ratio: streams get seeds far apart.
  constexpr uint64_t kStep = 0x9E3779B97F4A7C15;
  Builder& builder = *state.builder;
  const Type one{ir::ElementType::i64, {1}};
  const Tensor step = builder.constant(ir::Literal::splat_int(one, static_cast<int64_t>(kStep)));
  const Tensor seed = slice(state, {0}, {1}) + slice(state, {1}, {2}) * step;
  return ir::concatenate({seed, builder.constant(0, one)}, 0);
}

double product(const ir::Shape& shape, const std::vector<int64_t>& axes) {
  const auto rank = static_cast<int64_t>(shape.size());
  double result = 1;
  for (int64_t axis : axes)
    result *= static_cast<double>(shape[static_cast<size_t>(axis < 0 ? axis + rank : axis)]);
  return result;
}

/// By the rule's axes, or else by position.
Fans fans_of(const ir::Shape& shape, const VarianceScalingRule& rule) {
  if (rule.input_axes.empty() && rule.output_axes.empty()) return keras::fans_of(shape);
  return {product(shape, rule.input_axes), product(shape, rule.output_axes)};
}

Tensor scaled_value(const Type& type, Tensor state, const VarianceScalingRule& rule) {
  const Fans fans = fans_of(type.shape, rule);
  const double fan = rule.mode == "fan_in"    ? fans.in
                     : rule.mode == "fan_out" ? fans.out
                                              : (fans.in + fans.out) / 2;
  const double variance = rule.scale / std::max(1.0, fan);
  if (rule.distribution == "uniform") {
    const double limit = std::sqrt(3 * variance);
    return uniform_value(type, state, -limit, limit);
  }
  if (rule.distribution == "untruncated_normal")
    return normal_value(type, state, {0, std::sqrt(variance), false});
  // The standard deviation of a unit normal truncated at -2 and 2.
  constexpr double kTruncatedDeviation = 0.87962566103423978;
  return normal_value(type, state, {0, std::sqrt(variance) / kTruncatedDeviation, true});
}

/// q over its length, without what lies along the unit vectors that are the rows of `others`:
/// twice, because the first time leaves rounding errors (W. Kahan, B. Parlett: "twice is enough").
Tensor orthogonalized(Tensor q, Tensor others) {
  for (int time = 0; time < 2; ++time) {
    const Tensor along = dot_general(others, q, {{}, {}, {1}, {0}});
    q = q - dot_general(along, others, {{}, {}, {0}, {0}});
  }
  return q * rsqrt(sum(square(q)));
}

/// Gram and Schmidt's method on normal random vectors, one after the other. Keras takes the
/// factorization QR with a positive diagonal of R, which is the same matrix.
Tensor orthogonal_value(const Type& type, Tensor state, double gain) {
  const int64_t columns = type.shape.back();
  const int64_t rows = type.count() / columns;
  const int64_t count = std::min(rows, columns), length = std::max(rows, columns);
  const Type vectors = type.with_shape({count, length});
  const Tensor drawn = normal_value(vectors, state, {0, 1, false});
  Builder& builder = *state.builder;
  const Tensor index = builder.iota({ir::ElementType::i32, {count}}, 0);
  const ir::ScanResults results =
      scan(builder, {{builder.constant(0, vectors)}, {drawn, index}, {}}, count, false,
           [&](Builder& inner, const ir::ScanInputs& at) {
             const Tensor made = at.carries[0];
             const Tensor row = orthogonalized(at.stacked[0], made);
             const Tensor is_row = compare(inner.iota({ir::ElementType::i32, {count}}, 0), "EQ",
                                           broadcast_to(at.stacked[1], {count}));
             return ir::ScanResults{{select(broadcast_in_dim(is_row, vectors.shape, {0}),
                                            broadcast_in_dim(row, vectors.shape, {1}), made)},
                                    {}};
           });
  const Tensor made = results.carries[0] * gain;
  return reshape(rows < columns ? made : transpose(made, {1, 0}), type.shape);
}

Tensor identity_value(Builder& builder, const Type& type, double gain) {
  const Type index = type.with_element(ir::ElementType::i32);
  const Tensor on_diagonal = compare(builder.iota(index, 0), "EQ", builder.iota(index, 1));
  return select(on_diagonal, builder.constant(gain, type), builder.constant(0, type));
}

struct Emit {
  Builder& builder;
  const Type& type;
  Tensor state;

  Tensor operator()(const ConstantRule& rule) { return builder.constant(rule.value, type); }
  Tensor operator()(const UniformRule& rule) {
    return uniform_value(type, state, rule.low, rule.high);
  }
  Tensor operator()(const NormalRule& rule) { return normal_value(type, state, rule); }
  Tensor operator()(const GeneratorRule&) { return generator_value(state); }
  Tensor operator()(const VarianceScalingRule& rule) { return scaled_value(type, state, rule); }
  Tensor operator()(const OrthogonalRule& rule) { return orthogonal_value(type, state, rule.gain); }
  Tensor operator()(const IdentityRule& rule) { return identity_value(builder, type, rule.gain); }
};

}  // namespace

Fans fans_of(const ir::Shape& shape) {
  if (shape.empty()) return {1, 1};
  const auto last = static_cast<double>(shape.back());
  if (shape.size() == 1) return {last, last};
  const auto before_last = static_cast<double>(shape[shape.size() - 2]);
  double receptive_field = 1;
  for (size_t d = 0; d + 2 < shape.size(); ++d) receptive_field *= static_cast<double>(shape[d]);
  return {before_last * receptive_field, last * receptive_field};
}

Tensor initial_value(Builder& builder, const Initializer& initializer, const Type& type,
                     Tensor state) {
  if (initializer.seed && is_random(initializer)) {
    ir::Literal fixed(Type{ir::ElementType::i64, {2}});
    fixed.set_int(0, *initializer.seed);
    state = builder.constant(std::move(fixed));
  }
  const Tensor value = std::visit(Emit{builder, type, state}, initializer.rule);
  const auto [first, end] = initializer.ones;
  if (first == end) return value;
  const Tensor index = builder.iota(type.with_element(ir::ElementType::i32), 0);
  const Tensor is_one = logical_and(compare(index, "GE", static_cast<double>(first)),
                                    compare(index, "LT", static_cast<double>(end)));
  return select(is_one, builder.constant(1, type), value);
}

}  // namespace kiln::keras
