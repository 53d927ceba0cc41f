// Whole models against Keras: their files, training steps with a short last batch, an evaluation.
#include "frontend/keras/lower.h"
#include "frontend/keras/model_json.h"
#include "gtest/gtest.h"
#include "ir/interpreter.h"
#include "ir/verifier.h"
#include "passes/differentiate.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/recorded.h"

namespace kiln::keras {
namespace {

using Outputs = std::map<std::string, ir::Literal>;

/// A recorded model in the interpreter.
class Replay {
 public:
  explicit Replay(const Json& json) : json_(json), batch_(json["batch"].get<int64_t>()) {
    module_ = must(lower(must(parse_model(json["model"].dump())), {.batch = batch_}));
    must(passes::differentiate(module_));
    must(ir::verify(module_));
    ir::interpret(*module_.function("init"), variables_,
                  {{"seed", ir::Literal({ir::ElementType::i64, {}})}});
    const auto weights = names([](ir::Role role) { return is_weight(role); });
    EXPECT_EQ(weights.size(), json["initial"].size());
    for (size_t i = 0; i < weights.size(); ++i)
      variables_[weights[i]] = literal_of(json["initial"][i]);
  }

  Outputs run(const char* function, const Json& step) {
    const int64_t count = step["x"]["shape"][0].get<int64_t>();
    return ir::interpret(*module_.function(function), variables_,
                         {{"x", padded(step["x"], batch_)},
                          {"y", padded(step["y"], batch_)},
                          {"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, count)}});
  }

  /// What fit does at its end.
  void finalize() {
    if (const ir::Function* function = module_.function("finalize"))
      ir::interpret(*function, variables_, {});
  }

  void reset_metrics() {
    for (const std::string& name : names([](ir::Role role) { return role == ir::Role::metric; }))
      variables_[name] = ir::Literal(module_.variable(name)->type);
  }

  void expect_weights(const char* key) const {
    expect(names([](ir::Role role) { return is_weight(role); }), json_[key]);
  }
  void expect_optimizer() const {
    expect(names([](ir::Role role) { return role == ir::Role::optimizer; }), json_["optimizer"]);
  }

 private:
  static bool is_weight(ir::Role role) {
    return role == ir::Role::trainable || role == ir::Role::non_trainable;
  }

  std::vector<std::string> names(bool (*is_wanted)(ir::Role)) const {
    std::vector<std::string> result;
    for (const ir::Variable& variable : module_.variables) {
      if (is_wanted(variable.role)) result.push_back(variable.name);
    }
    return result;
  }

  void expect(const std::vector<std::string>& names, const Json& arrays) const {
    ASSERT_EQ(names.size(), arrays.size());
    for (size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(variables_.at(names[i]).type(), type_of(arrays[i])) << names[i];
      EXPECT_TRUE(near(variables_.at(names[i]), values_of(arrays[i]), 1e-5)) << names[i];
    }
  }

  const Json& json_;
  int64_t batch_;
  ir::Module module_;
  ir::Environment variables_;
};

void expect_logs(const Outputs& outputs, const Json& logs) {
  EXPECT_EQ(outputs.size(), logs.size() + 1);  // and batch_loss
  for (const auto& [name, value] : logs.items()) {
    ASSERT_TRUE(outputs.contains(name)) << name;
    EXPECT_TRUE(near(outputs.at(name), values_of(value), 1e-5)) << name;
  }
}

class RecordedModel : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedModel, TrainsAsInKeras) {
  const Json& json = GetParam().json;
  Replay model(json);
  for (const Json& step : json["steps"]) {
    model.reset_metrics();  // as Keras's train_on_batch
    expect_logs(model.run("train_step", step), step["logs"]);
  }
  model.expect_weights("weights");
  model.expect_optimizer();
  model.reset_metrics();
  Outputs outputs;
  for (const Json& step : json["steps"]) outputs = model.run("test_step", step);
  expect_logs(outputs, json["test"]);
  model.finalize();
  model.expect_weights("finalized");
}

TEST_P(RecordedModel, IsWrittenAsKerasWritesIt) {
  Json expected = GetParam().json["model"];
  const Model model = must(parse_model(expected.dump()));
  EXPECT_EQ(must(write_model(model)).dump(1), expected.dump(1));
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedModel, ::testing::ValuesIn(recorded_cases("models")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
