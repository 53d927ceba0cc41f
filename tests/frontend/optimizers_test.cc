// Update rules against Keras's: three steps on two weights with given gradients.
#include "frontend/keras/optimizers/adam.h"
#include "frontend/keras/optimizers/rmsprop.h"
#include "frontend/keras/optimizers/sgd.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

const std::vector<ir::Literal> kWeights = {floats({3}, {1, -2, .5}), floats({1, 1}, {.25})};
const std::vector<std::vector<ir::Literal>> kGradients = {
    {floats({3}, {.1, -.2, 3}), floats({1, 1}, {2})},
    {floats({3}, {.3, .1, -1}), floats({1, 1}, {-.5})},
    {floats({3}, {0, .5, -.2}), floats({1, 1}, {.125})},
};

/// Both weights after three steps.
std::vector<ir::Literal> train(const Optimizer& optimizer) {
  const size_t slots = slot_names(optimizer).size();
  // Per weight: its value, then its slots.
  std::vector<ir::Literal> state;
  for (const ir::Literal& weight : kWeights) {
    state.push_back(weight);
    for (size_t i = 0; i < slots; ++i) state.push_back(ir::Literal(weight.type()));
  }
  for (size_t step = 0; step < kGradients.size(); ++step) {
    std::vector<ir::Literal> arguments = state;
    arguments.insert(arguments.end(), kGradients[step].begin(), kGradients[step].end());
    state = evaluate(arguments, [&](const std::vector<Tensor>& values) {
      ir::Builder& builder = *values[0].builder;
      const StepScalars scalars{builder.scalar(optimizer.learning_rate),
                                builder.scalar(static_cast<double>(step + 1))};
      std::vector<WeightUpdate> updates;
      for (size_t w = 0; w < kWeights.size(); ++w) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(w * (slots + 1));
        updates.push_back({*first,
                           values[values.size() - kWeights.size() + w],
                           {first + 1, first + 1 + static_cast<std::ptrdiff_t>(slots)}});
      }
      std::vector<Tensor> results;
      for (const WeightUpdate& update : apply(optimizer, scalars, std::move(updates))) {
        results.push_back(update.weight);
        results.insert(results.end(), update.slots.begin(), update.slots.end());
      }
      return results;
    });
  }
  return {state[0], state[slots + 1]};
}

void expect_weights(const Optimizer& optimizer, const std::vector<double>& first, double second) {
  const std::vector<ir::Literal> weights = train(optimizer);
  EXPECT_TRUE(near(weights[0], first));
  EXPECT_TRUE(near(weights[1], {second}));
}

TEST(Optimizers, Sgd) {
  expect_weights(SGD(.1), {0.960000038, -2.03999996, 0.319999993}, 0.0874999911);
}

TEST(Optimizers, SgdWithMomentum) {
  SGD sgd(.1);
  sgd.momentum = .9;
  expect_weights(sgd, {0.915900052, -2.01480007, -0.103000045}, -0.209499985);
  sgd.nesterov = true;
  expect_weights(sgd, {0.884310007, -2.05331993, -0.222700074}, -0.326049984);
}

TEST(Optimizers, WeightDecay) {
  SGD sgd(.1);
  sgd.weight_decay = .5;
  expect_weights(sgd, {0.819850028, -1.75619996, 0.272937506}, 0.0688437372);
}

TEST(Optimizers, Adam) {
  expect_weights(Adam(.1), {0.737283766, -1.92329431, 0.333140224}, 0.0629613698);
}

TEST(Optimizers, AdamWithAmsgrad) {
  Adam adam(.1);
  adam.amsgrad = true;
  adam.beta_1 = .5;
  adam.beta_2 = .6;
  expect_weights(adam, {0.759557486, -1.97692311, 0.384612113}, 0.113918155);
}

TEST(Optimizers, AdamW) {
  expect_weights(AdamW(.1, .25), {0.671374857, -1.78261614, 0.302507937}, 0.0507873297);
}

TEST(Optimizers, RMSprop) {
  RMSprop rmsprop(.1);
  expect_weights(rmsprop, {0.382278234, -2.12412, 0.310646713}, -0.00683302432);
  rmsprop.momentum = .5;
  expect_weights(rmsprop, {-0.00563567877, -1.96067238, 0.125890136}, -0.203712672);
  rmsprop.centered = true;
  // The variance at the first step is a difference of nearly equal numbers.
  const std::vector<ir::Literal> weights = train(rmsprop);
  EXPECT_TRUE(near(weights[0], {-0.0749031603, -1.94195795, 0.0987542048}, 1e-5));
  EXPECT_TRUE(near(weights[1], {-0.231433421}, 1e-5));
}

TEST(Optimizers, Clipping) {
  SGD by_norm(.1), by_global_norm(.1), by_value(.1);
  by_norm.clipnorm = 1;
  expect_weights(by_norm, {0.968072057, -2.05288649, 0.515622914}, 0.1875);
  by_global_norm.global_clipnorm = 1;
  expect_weights(by_global_norm, {0.971411943, -2.05307031, 0.523020804}, 0.225169495);
  by_value.clipvalue = .25;
  expect_weights(by_value, {0.965000033, -2.0150001, 0.519999981}, 0.237499997);
}

TEST(Optimizers, ANormOfZeroClipsNothing) {
  SGD sgd(.1);
  sgd.clipnorm = 1;
  const auto result =
      evaluate({floats({2}, {1, 2}), floats({2}, {0, 0})}, [&](const std::vector<Tensor>& values) {
        ir::Builder& builder = *values[0].builder;
        std::vector<WeightUpdate> updates = {{values[0], values[1], {}}};
        return std::vector<Tensor>{
            apply(sgd, {builder.scalar(.1), builder.scalar(1)}, std::move(updates))[0].weight};
      });
  EXPECT_TRUE(near(result[0], {1, 2}));
}

TEST(Optimizers, AreFoundAsKerasFindsThem) {
  EXPECT_EQ(make_optimizer("adamw")->class_name(), "AdamW");
  EXPECT_EQ(make_optimizer("RMSprop")->class_name(), "RMSprop");
  EXPECT_EQ(make_optimizer("adm"), nullptr);
  EXPECT_EQ(unknown_optimizer("Adm").note, "did you mean Adam?");
}

TEST(Optimizers, RefuseTwoKindsOfClipping) {
  SGD sgd;
  sgd.clipnorm = 1;
  sgd.clipvalue = 1;
  EXPECT_EQ(
      error_of(check(sgd)),
      "error: optimizer \"SGD\": only one of clipnorm, global_clipnorm and clipvalue can be set");
}

}  // namespace
}  // namespace kiln::keras
