// Layers that draw random numbers: rates and moments, the gradient's mask, the generators' states.
#include <cmath>

#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/model.h"
#include "gtest/gtest.h"
#include "ir/interpreter.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/layers/draw.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;

double mean_of(const std::vector<double>& values) {
  double total = 0;
  for (double value : values) total += value;
  return total / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double total = 0;
  for (double value : values) total += (value - mean) * (value - mean);
  return std::sqrt(total / static_cast<double>(values.size()));
}

Literal ones(ir::Shape shape) {
  return Literal::splat({ir::ElementType::f32, std::move(shape)}, 1).dense();
}

TEST(Dropout, DropsAtItsRateAndScalesTheRest) {
  for (const double rate : {0.1, 0.5, 0.8}) {
    const Drawn drawn = draw(Dropout(rate), ones({100, 100}), state_of(3));
    int64_t dropped = 0;
    for (double value : drawn.y) {
      if (value == 0)
        ++dropped;
      else
        EXPECT_NEAR(value, 1 / (1 - rate), 1e-6);
    }
    // Four standard deviations of a binomial distribution.
    EXPECT_NEAR(static_cast<double>(dropped), 1e4 * rate, 4 * std::sqrt(1e4 * rate * (1 - rate)))
        << "seed 3, rate " << rate;
    EXPECT_EQ(drawn.gradient, drawn.y) << "x is 1: the gradient has the same mask";
  }
}

TEST(Dropout, EachCallDrawsAnewAndTheSameStateDrawsTheSame) {
  const Dropout layer(0.5);
  const Drawn first = draw(layer, ones({50}), state_of(3));
  const Drawn second = draw(layer, ones({50}), first.state);
  EXPECT_NE(first.y, second.y);
  EXPECT_EQ(draw(layer, ones({50}), state_of(3)).y, first.y);
  EXPECT_NE(draw(layer, ones({50}), state_of(4)).y, first.y);
}

TEST(Dropout, NoiseShapeSharesDraws) {
  const Drawn drawn =
      draw(Dropout({.rate = 0.5, .noise_shape = {kNone, 1, kNone}}), ones({20, 3, 4}), state_of(1));
  for (size_t row = 0; row < 20; ++row) {
    for (size_t c = 0; c < 4; ++c) {
      for (size_t t = 1; t < 3; ++t)
        EXPECT_EQ(drawn.y[row * 12 + t * 4 + c], drawn.y[row * 12 + c]);
    }
  }
}

TEST(SpatialDropout, DropsWholeChannels) {
  const Drawn drawn = draw(SpatialDropout2D(0.5), ones({30, 2, 2, 3}), state_of(5));
  int dropped = 0;
  for (size_t row = 0; row < 30; ++row) {
    for (size_t c = 0; c < 3; ++c) {
      dropped += drawn.y[row * 12 + c] == 0;
      for (size_t p = 1; p < 4; ++p)
        EXPECT_EQ(drawn.y[row * 12 + p * 3 + c], drawn.y[row * 12 + c]);
    }
  }
  EXPECT_NEAR(dropped, 45, 4 * std::sqrt(90 * 0.25));
}

TEST(GaussianNoise, HasItsStandardDeviation) {
  const Drawn drawn = draw(GaussianNoise(0.5), ones({100, 100}), state_of(7));
  EXPECT_NEAR(mean_of(drawn.y), 1, 4 * 0.5 / 100);
  EXPECT_NEAR(deviation_of(drawn.y), 0.5, 4 * 0.5 / std::sqrt(2e4));
  EXPECT_EQ(drawn.gradient, std::vector<double>(10000, 1));
}

TEST(GaussianDropout, MultipliesByNoiseOfMeanOne) {
  const Drawn drawn = draw(GaussianDropout(0.2), ones({100, 100}), state_of(7));
  EXPECT_NEAR(mean_of(drawn.y), 1, 4 * 0.5 / 100);
  EXPECT_NEAR(deviation_of(drawn.y), 0.5, 4 * 0.5 / std::sqrt(2e4));
  EXPECT_EQ(drawn.gradient, drawn.y);
}

TEST(AlphaDropout, KeepsMeanAndVariance) {
  // Inputs of mean 0 and variance 1.
  const Drawn normal =
      draw(GaussianNoise(1), Literal({ir::ElementType::f32, {200, 100}}), state_of(1));
  const Drawn drawn = draw(AlphaDropout(0.3), floats({200, 100}, normal.y), state_of(2));
  EXPECT_NEAR(mean_of(drawn.y), 0, 0.04);
  EXPECT_NEAR(deviation_of(drawn.y), 1, 0.04);
}

/// The module of a model with two dropouts, and its variables for that seed.
struct Started {
  explicit Started(int64_t seed, std::optional<int64_t> layer_seed = {}) {
    Sequential model(
        {Input({4}), Dropout({.rate = 0.5, .seed = layer_seed}), Dense(3), Dropout(0.5)});
    model.compile({.optimizer = "sgd", .loss = "mse"});
    module = must(lower(model, {.batch = 2}));
    ir::interpret(*module.function("init"), variables,
                  {{"seed", Literal::splat_int({ir::ElementType::i64, {}}, seed)}});
  }
  std::vector<int64_t> state(const std::string& layer) const {
    return variables.at(layer + "/seed_generator_state").integers();
  }
  ir::Module module;
  ir::Environment variables;
};

TEST(GeneratorState, FollowsFromTheModelsSeed) {
  const Started zero(0), again(0), one(1);
  EXPECT_EQ(zero.state("dropout"), again.state("dropout"));
  EXPECT_NE(zero.state("dropout"), zero.state("dropout_1"));
  EXPECT_NE(zero.state("dropout"), one.state("dropout"));
  const ir::Variable& state = *zero.module.variable("dropout/seed_generator_state");
  EXPECT_EQ(state.role, ir::Role::non_trainable);
  EXPECT_TRUE(state.attributes.contains("random_state"));
}

TEST(GeneratorState, ALayersSeedFixesItAsInKeras) {
  EXPECT_EQ(Started(5, 42).state("dropout"), (std::vector<int64_t>{42, 0}));
}

TEST(GeneratorState, OnlyTrainingMovesIt) {
  const Started started(0);
  auto changes = [&](const char* function) {
    for (const ir::Binding& binding : started.module.function(function)->result_bindings) {
      if (binding == ir::Binding::variable("dropout/seed_generator_state")) return true;
    }
    return false;
  };
  EXPECT_TRUE(changes("train_step"));
  EXPECT_FALSE(changes("test_step"));
  EXPECT_FALSE(changes("predict_step"));
}

TEST(GeneratorState, IsNotCountedInTheSummary) {
  const Sequential model({Input({4}), Dropout(0.5), Dense(3)});
  const std::string summary = must(model.summary());
  EXPECT_NE(summary.find("Total params: 15 (60.00 B)"), std::string::npos) << summary;
  EXPECT_NE(summary.find("Non-trainable params: 0"), std::string::npos) << summary;
}

TEST(Noise, Errors) {
  auto error = [](AnyLayer layer) {
    return error_of(lower(Sequential({Input({4}), std::move(layer)})));
  };
  EXPECT_EQ(error(Dropout(1.5)),
            "error: layer \"dropout\": rate must be at least 0 and at most 1, not 1.5");
  EXPECT_EQ(error(GaussianDropout(1)),
            "error: layer \"gaussian_dropout\": rate must be at least 0 and below 1, not 1");
  EXPECT_EQ(error(GaussianNoise(-1)),
            "error: layer \"gaussian_noise\": stddev must be at least 0 and at most 1, not -1");
  EXPECT_EQ(error(Dropout({.rate = 0.5, .noise_shape = {kNone, 3}})),
            "error: layer \"dropout\": noise_shape (None, 3) does not fit (32, 4) from "
            "\"input_layer\"\nnote: its extents are the input's, None, or 1");
  EXPECT_EQ(error(SpatialDropout1D(0.5)),
            "error: layer \"spatial_dropout1d\": needs inputs of 3 dimensions with the batch, gets "
            "(32, 4) from \"input_layer\"");
}

}  // namespace
}  // namespace kiln::keras
