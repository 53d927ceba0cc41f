#include "tests/frontend/training/replay.h"

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/lower/lower.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

/// A recorded model that runs.
class Replay {
 public:
  Replay(const Json& json, const Json& definition, const Preparation& prepare, double tolerance)
      : json_(json), batch_(json["batch"].get<int64_t>()), tolerance_(tolerance) {
    const Model model = must(parse_model(definition.dump()));
    module_ =
        must(lower(model, {.batch = batch_, .sample_weights = sample_weights(json["steps"][0])}));
    ir::interpret(*module_.function("init"), variables_,
                  {{"seed", ir::Literal({ir::ElementType::i64, {}})}});
    run_ = prepare(module_);
    const auto weights = names(is_weight);
    EXPECT_EQ(weights.size(), json["initial"].size());
    for (size_t i = 0; i < weights.size(); ++i)
      variables_[weights[i]] = literal_of(json["initial"][i]);
  }

  Outputs run(const char* function, const Json& step) {
    const int64_t count = step.begin().value()["shape"][0].get<int64_t>();
    Outputs arguments = {{"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, count)}};
    for (const auto& [name, array] : step.items()) {
      if (name != "logs") arguments.emplace(name, padded(array, batch_));
    }
    return run_(*module_.function(function), variables_, arguments);
  }

  /// What fit does at its end.
  void finalize() {
    if (const ir::Function* function = module_.function("finalize"))
      run_(*function, variables_, {});
  }

  void reset_metrics() {
    for (const std::string& name : names(is_metric))
      variables_[name] = ir::Literal(module_.variable(name)->type);
  }

  void expect_weights(const char* key) const { expect(names(is_weight), json_[key]); }
  void expect_optimizer() const { expect(names(is_slot), json_["optimizer"]); }

 private:
  static SampleWeights sample_weights(const Json& step) {
    auto weights = SampleWeights::none;
    for (const auto& [name, array] : step.items()) {
      if (!name.starts_with("sample_weight")) continue;
      weights = array["shape"].size() == 1 ? SampleWeights::per_row : SampleWeights::per_value;
    }
    return weights;
  }

  static bool is_weight(const ir::Variable& variable) {
    const bool of_layer =
        variable.role == ir::Role::trainable || variable.role == ir::Role::non_trainable;
    return of_layer && !variable.attributes.contains("recurrent_state");
  }
  static bool is_metric(const ir::Variable& variable) { return variable.role == ir::Role::metric; }
  static bool is_slot(const ir::Variable& variable) { return variable.role == ir::Role::optimizer; }

  std::vector<std::string> names(bool (*is_wanted)(const ir::Variable&)) const {
    std::vector<std::string> result;
    for (const ir::Variable& variable : module_.variables) {
      if (is_wanted(variable)) result.push_back(variable.name);
    }
    return result;
  }

  void expect(const std::vector<std::string>& names, const Json& arrays) const {
    ASSERT_EQ(names.size(), arrays.size());
    for (size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(variables_.at(names[i]).type(), type_of(arrays[i])) << names[i];
      EXPECT_TRUE(near(variables_.at(names[i]), values_of(arrays[i]), tolerance_)) << names[i];
    }
  }

  const Json& json_;
  int64_t batch_;
  double tolerance_;
  ir::Module module_;
  StepRunner run_;
  ir::Environment variables_;
};

void expect_logs(const Outputs& outputs, const Json& logs, double tolerance) {
  EXPECT_EQ(outputs.size(), logs.size() + 1);  // and batch_loss
  for (const auto& [name, value] : logs.items()) {
    ASSERT_TRUE(outputs.contains(name)) << name;
    EXPECT_TRUE(near(outputs.at(name), values_of(value), tolerance)) << name;
  }
}

/// What comes out of the steps' batches, one after the other.
void expect_predictions(const Json& json, Replay& model, double tolerance) {
  const auto expected = values_of(json["predictions"]);
  size_t at = 0;
  for (const Json& step : json["steps"]) {
    const Outputs outputs = model.run("predict_step", {{"x", step["x"]}});
    const ir::Literal& y = outputs.at("y");
    const auto count = static_cast<size_t>(y.type().count());
    ASSERT_LE(at + count, expected.size());
    const auto first = expected.begin() + static_cast<std::ptrdiff_t>(at);
    EXPECT_TRUE(near(y, {first, first + static_cast<std::ptrdiff_t>(count)}, tolerance));
    at += count;
  }
  EXPECT_EQ(at, expected.size());
}

}  // namespace

void expect_training(const Json& json, const Json& definition, const Preparation& prepare,
                     double tolerance) {
  Replay model(json, definition, prepare, tolerance);
  for (const Json& step : json["steps"]) {
    model.reset_metrics();  // as Keras's train_on_batch
    expect_logs(model.run("train_step", step), step["logs"], tolerance);
  }
  model.expect_weights("weights");
  model.expect_optimizer();
  model.reset_metrics();
  Outputs outputs;
  for (const Json& step : json["steps"]) outputs = model.run("test_step", step);
  expect_logs(outputs, json["test"], tolerance);
  if (json.contains("predictions")) expect_predictions(json, model, tolerance);
  model.finalize();
  model.expect_weights("finalized");
}

}  // namespace kiln::keras
