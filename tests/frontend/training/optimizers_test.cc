// Optimizers against Keras: weights and all variables after steps with given gradients; their
// files, their errors.
#include "frontend/keras/optimizers/optimizers.h"

#include "frontend/keras/optimizers/apply.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/recorded.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;
using Values = std::map<std::string, Literal>;

/// One step in the interpreter. `values`: weights and the optimizer's variables, by name.
Values step(const Optimizer& optimizer, const std::vector<NamedType>& weights, const Values& values,
            const std::vector<Literal>& gradients) {
  std::vector<Literal> arguments = gradients;
  std::map<std::string, size_t> places;
  for (const auto& [name, value] : values) {
    places[name] = arguments.size();
    arguments.push_back(value);
  }
  std::vector<std::string> names;
  const std::vector<Literal> results = evaluate(arguments, [&](const std::vector<Tensor>& tensors) {
    auto read = [&](const std::string& name) { return tensors[places.at(name)]; };
    OptimizerState state{read(kIterations), {}, {}, {}};
    if (places.contains(kLearningRate)) state.learning_rate = read(kLearningRate);
    for (const std::string& own : own_variables(optimizer)) state.own.push_back(read(own));
    for (size_t i = 0; i < weights.size(); ++i) {
      state.weights.push_back({read(weights[i].name), tensors[i], {}, weights[i].name});
      for (const std::string& slot : slot_variables(optimizer, weights[i]))
        state.weights.back().slots.push_back(read(slot));
    }
    state = apply(optimizer, std::move(state));
    std::vector<Tensor> after = {state.iterations};
    names = {kIterations};
    for (size_t i = 0; i < weights.size(); ++i) {
      names.push_back(weights[i].name);
      after.push_back(state.weights[i].weight);
      const auto slots = slot_variables(optimizer, weights[i]);
      names.insert(names.end(), slots.begin(), slots.end());
      after.insert(after.end(), state.weights[i].slots.begin(), state.weights[i].slots.end());
    }
    const auto own = own_variables(optimizer);
    names.insert(names.end(), own.begin(), own.end());
    after.insert(after.end(), state.own.begin(), state.own.end());
    return after;
  });
  Values after = values;
  for (size_t i = 0; i < names.size(); ++i) after[names[i]] = results[i];
  return after;
}

class RecordedOptimizer : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedOptimizer, MakesKerasSteps) {
  const Json& json = GetParam().json;
  const OptimizerChoice choice = must(read_optimizer(json["optimizer"], "case"));
  const Optimizer& optimizer = *choice.get();
  must(check(optimizer));
  std::vector<NamedType> weights;
  Values values;
  for (const Json& weight : json["weights"]) {
    weights.push_back({"w" + std::to_string(weights.size()), type_of(weight)});
    values[weights.back().name] = literal_of(weight);
  }
  const std::vector<OptimizerVariable> variables = optimizer_variables(optimizer, weights);
  for (const OptimizerVariable& variable : variables)
    values[variable.name] = Literal::splat(variable.type, variable.initial);

  for (const Json& recorded : json["gradients"]) {
    std::vector<Literal> gradients;
    for (const Json& gradient : recorded) gradients.push_back(literal_of(gradient));
    values = step(optimizer, weights, values, gradients);
  }
  for (size_t i = 0; i < weights.size(); ++i)
    EXPECT_TRUE(near(values[weights[i].name], values_of(json["weights_after"][i]), 5e-6)) << i;
  ASSERT_EQ(variables.size(), json["variables_after"].size());
  for (size_t i = 0; i < variables.size(); ++i) {
    SCOPED_TRACE(variables[i].name);
    EXPECT_EQ(variables[i].type, type_of(json["variables_after"][i]));
    EXPECT_TRUE(near(values[variables[i].name], values_of(json["variables_after"][i]), 5e-6));
  }
}

TEST_P(RecordedOptimizer, IsWrittenAsKerasWritesIt) {
  const Json& json = GetParam().json["optimizer"];
  const OptimizerChoice choice = must(read_optimizer(json, "case"));
  EXPECT_EQ(write_optimizer(choice).dump(), json.dump());
  EXPECT_EQ(write_optimizer(OptimizerChoice(copy_of(*choice.get()))).dump(), json.dump());
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedOptimizer,
                         ::testing::ValuesIn(recorded_cases("optimizers")),
                         [](const auto& info) { return info.param.name; });

/// The weight after one step.
Literal stepped(const Optimizer& optimizer, const std::string& name, const Literal& weight,
                const Literal& gradient) {
  const std::vector<NamedType> weights = {{name, weight.type()}};
  Values values = {{name, weight}};
  for (const OptimizerVariable& variable : optimizer_variables(optimizer, weights))
    values[variable.name] = Literal::splat(variable.type, variable.initial);
  return step(optimizer, weights, values, {gradient})[name];
}

TEST(Optimizers, ANormOfZeroClipsNothing) {
  SGD sgd(.1);
  sgd.clipnorm = 1;
  EXPECT_TRUE(near(stepped(sgd, "w", floats({2}, {1, 2}), floats({2}, {0, 0})), {1, 2}));
}

TEST(Optimizers, SomeWeightsMayBeExcludedFromDecay) {
  SGD sgd(.5);
  sgd.weight_decay = .5;
  sgd.exclude_from_weight_decay = {"bias"};
  const Literal weight = floats({1}, {4}), zero = floats({1}, {0});
  EXPECT_TRUE(near(stepped(sgd, "dense/kernel", weight, zero), {3}));
  EXPECT_TRUE(near(stepped(sgd, "dense/bias", weight, zero), {4}));
}

TEST(Optimizers, AreFoundAsKerasFindsThem) {
  EXPECT_EQ(make_optimizer("adamw")->class_name(), "AdamW");
  EXPECT_EQ(make_optimizer("RMSprop")->class_name(), "RMSprop");
  EXPECT_EQ(make_optimizer("adm"), nullptr);
  EXPECT_EQ(unknown_optimizer("Adm").note, "did you mean Adam?");
}

TEST(Optimizers, RefuseWhatMakesNoSense) {
  auto error = [](auto change) {
    SGD sgd;
    change(sgd);
    return error_of(check(sgd));
  };
  EXPECT_EQ(
      error([](SGD& sgd) { sgd.clipnorm = sgd.clipvalue = 1; }),
      "error: optimizer \"SGD\": only one of clipnorm, global_clipnorm and clipvalue can be set");
  EXPECT_EQ(error([](SGD& sgd) { sgd.learning_rate = -1; }),
            "error: optimizer \"SGD\": learning_rate must not be negative, is -1");
  EXPECT_EQ(
      error([](SGD& sgd) {
        sgd.learning_rate = CosineDecay{.1, 0};
      }),
      "error: optimizer \"SGD\": schedule \"CosineDecay\": decays over 0 steps, it must be more "
      "than 0");
  EXPECT_EQ(error([](SGD& sgd) { sgd.gradient_accumulation_steps = 1; }),
            "error: optimizer \"SGD\": gradient_accumulation_steps must be at least 2");
  EXPECT_EQ(error([](SGD& sgd) { sgd.ema_momentum = 2; }),
            "error: optimizer \"SGD\": ema_momentum must lie in [0, 1]");
  EXPECT_EQ(error([](SGD& sgd) { sgd.ema_overwrite_frequency = 0; }),
            "error: optimizer \"SGD\": ema_overwrite_frequency must be at least 1");
  EXPECT_EQ(error([](SGD& sgd) { sgd.loss_scale_factor = 0; }),
            "error: optimizer \"SGD\": loss_scale_factor must not be 0");
  EXPECT_EQ(error_of(read_optimizer({{"class_name", "Lion"}, {"config", {{"beta_1", 0}}}}, "f")),
            "error: f: optimizer \"Lion\": beta_1 must lie in (0, 1]");
}

}  // namespace
}  // namespace kiln::keras
