// Dropout in recurrent layers: one draw for all time steps, one for each gate where states are
// dropped, none at a rate of 0 or without training.
#include <cmath>

#include "frontend/keras/layers/layers.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;
using Values = std::vector<double>;

constexpr int64_t kRows = 40, kSteps = 3, kUnits = 20;

/// n columns for each entry: a multiple of the identity in that gate's columns.
Literal kernel(const Values& gates) {
  const auto columns = kUnits * static_cast<int64_t>(gates.size());
  Literal result({ir::ElementType::f32, {kUnits, columns}});
  for (int64_t row = 0; row < kUnits; ++row) {
    for (size_t gate = 0; gate < gates.size(); ++gate)
      result.set(row * columns + static_cast<int64_t>(gate) * kUnits + row, gates[gate]);
  }
  return result;
}

/// The same number for all units of a gate.
Literal bias(const Values& gates) {
  Literal result({ir::ElementType::f32, {kUnits * static_cast<int64_t>(gates.size())}});
  for (int64_t i = 0; i < result.type().count(); ++i)
    result.set(i, gates[static_cast<size_t>(i / kUnits)]);
  return result;
}

Literal ones(ir::Shape shape) {
  return Literal::splat({ir::ElementType::f32, std::move(shape)}, 1).dense();
}

/// What a layer gives for inputs of ones, and the derivative of its sum by the sequence.
struct Drawn {
  Values y, gradient;
};

/// `weights`: all but the generator's state.
Drawn run(const Recurrent& layer, const std::vector<Literal>& weights, bool training = true) {
  const ir::Type sequence{ir::ElementType::f32, {kRows, kSteps, kUnits}};
  const ir::Type state{ir::ElementType::f32, {kRows, kUnits}};
  std::vector<LayerInput> types = {{sequence, "x"}};
  types.insert(types.end(), layer.state_count(), {state, "h"});
  const LayerBuild build = must(layer.build(types));
  std::vector<Literal> arguments;
  for (const LayerInput& input : types) arguments.push_back(ones(input.type.shape));
  arguments.insert(arguments.end(), weights.begin(), weights.end());
  if (build.weights.size() > weights.size()) {
    arguments.emplace_back(build.weights.back().type);
    arguments.back().set_int(0, 3);
  }
  const auto results = evaluate(arguments, [&](const std::vector<Tensor>& tensors) {
    WeightValues values;
    std::vector<Signal> inputs;
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (i < types.size())
        inputs.push_back({tensors[i]});
      else
        values.values.emplace(build.weights[i - types.size()].name, tensors[i]);
    }
    CallContext context{*tensors[0].builder, values, training, {}, {}};
    const Tensor y = layer.call(context, inputs)[0].tensor;
    return std::vector{y, gradient(sum(y), {tensors[0]})[0]};
  });
  return {results[0].values(), results[1].values()};
}

size_t at(int64_t row, int64_t step, int64_t unit) {
  return static_cast<size_t>((row * kSteps + step) * kUnits + unit);
}

/// The part of all rows' and units' numbers at a step that are not 0.
double kept(const Values& y, int64_t step = 0) {
  double count = 0;
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t unit = 0; unit < kUnits; ++unit) count += y[at(row, step, unit)] != 0;
  }
  return count / (kRows * kUnits);
}

/// Four standard deviations of the part that a rate keeps.
double spread_of(double keeps) { return 4 * std::sqrt(keeps * (1 - keeps) / (kRows * kUnits)); }

RecurrentOptions linear(double dropout, double recurrent_dropout) {
  return {.units = kUnits,
          .activation = "linear",
          .recurrent_activation = "linear",
          .use_bias = false,
          .return_sequences = true,
          .dropout = dropout,
          .recurrent_dropout = recurrent_dropout};
}

TEST(RecurrentDropout, DropsTheSameInputsAtEveryStep) {
  const Drawn drawn = run(SimpleRNN(linear(0.25, 0)), {kernel({1}), kernel({0})});
  EXPECT_NEAR(kept(drawn.y), 0.75, spread_of(0.75));
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t unit = 0; unit < kUnits; ++unit) {
      const double first = drawn.y[at(row, 0, unit)];
      EXPECT_TRUE(first == 0 || std::abs(first - 1 / 0.75) < 1e-6) << first;
      for (int64_t step = 0; step < kSteps; ++step) EXPECT_EQ(drawn.y[at(row, step, unit)], first);
    }
  }
  EXPECT_EQ(drawn.gradient, drawn.y) << "x is 1: the gradient has the same mask";
}

TEST(RecurrentDropout, DropsTheSameStatesAtEveryStep) {
  const Drawn drawn = run(SimpleRNN(linear(0, 0.5)), {kernel({0}), kernel({1})});
  EXPECT_NEAR(kept(drawn.y), 0.5, spread_of(0.5));
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t unit = 0; unit < kUnits; ++unit) {
      const double first = drawn.y[at(row, 0, unit)];
      for (int64_t step = 0; step < kSteps; ++step)
        EXPECT_EQ(drawn.y[at(row, step, unit)], first * std::pow(2, step));
    }
  }
}

// h' = o * (i * candidate), where i is 1, o and the candidate are x.
TEST(RecurrentDropout, GatesShareTheirDrawsUnlessStatesAreDropped) {
  RecurrentOptions options = linear(0.5, 0);
  options.use_bias = true;
  const std::vector<Literal> weights = {kernel({0, 0, 1, 1}), kernel({0, 0, 0, 0}),
                                        bias({1, 0, 0, 0})};
  EXPECT_NEAR(kept(run(LSTM(options), weights).y), 0.5, spread_of(0.5));
  options.recurrent_dropout = 0.5;
  EXPECT_NEAR(kept(run(LSTM(options), weights).y), 0.25, spread_of(0.25));
}

// h' = z * h + (1 - z) * (r * h), where z is 0 and r is h: only h, not h at its gates, is whole.
TEST(RecurrentDropout, GatesOfAGruDropTheirStates) {
  for (const bool reset_after : {false, true}) {
    RecurrentOptions options = linear(0, 0.5);
    options.reset_after = reset_after;
    const Drawn drawn = run(GRU(options), {kernel({0, 0, 0}), kernel({0, 1, 1})});
    EXPECT_NEAR(kept(drawn.y), 0.25, spread_of(0.25)) << reset_after;
    const Drawn whole = run(GRU(options), {kernel({0, 0, 0}), kernel({0, 0, 1})});
    EXPECT_EQ(kept(whole.y), 0) << "the reset gate is closed";
  }
}

TEST(RecurrentDropout, WithoutItNothingIsDrawn) {
  const std::vector<Literal> weights = {kernel({1}), kernel({1})};
  const Drawn plain = run(SimpleRNN(linear(0, 0)), weights);
  EXPECT_EQ(plain.y[at(0, 2, 0)], 4);
  EXPECT_EQ(run(SimpleRNN(linear(0.5, 0.5)), weights, false).y, plain.y);
  const std::vector<LayerInput> x = {{{ir::ElementType::f32, {kNone, 3, 2}}, "x"}};
  EXPECT_EQ(must(LSTM(2).build(x)).weights.size(), 3u);
  EXPECT_EQ(must(LSTM({.units = 2, .dropout = 0.5}).build(x)).weights.size(), 4u);
}

TEST(RecurrentDropout, RefusesRatesThatLeaveNothing) {
  const std::vector<LayerInput> x = {{{ir::ElementType::f32, {kNone, 3, 2}}, "x"}};
  EXPECT_EQ(error_of(GRU({.units = 2, .recurrent_dropout = 1}).build(x)),
            "error: recurrent_dropout must be at least 0 and below 1, not 1");
}

}  // namespace
}  // namespace kiln::keras
