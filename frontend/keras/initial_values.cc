// Initializers in ops: a distribution from random bits.
#include <algorithm>
#include <cmath>

#include "frontend/keras/initializers.h"
#include "frontend/keras/random.h"

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

Tensor scaled_value(const Type& type, Tensor state, const VarianceScalingRule& rule) {
  const Fans fans = fans_of(type.shape);
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
  return std::visit(Emit{builder, type, state}, initializer.rule);
}

}  // namespace kiln::keras
