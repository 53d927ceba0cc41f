// Whole models against Keras: forward, training steps, and a fit with a short last batch.
#include "tests/frontend/golden.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/lower/lower.h"
#include "gtest/gtest.h"
#include "ir/interpreter.h"
#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using Arrays = std::vector<runtime::NamedArray>;
using Outputs = std::map<std::string, ir::Literal>;

/// A case's model with its variables.
class Case {
 public:
  explicit Case(const std::string& name)
      : config_(Json::parse(golden_text(name, "case.json"))),
        data_(golden_arrays(name, "data.npz")),
        expected_(golden_arrays(name, "expected.npz")),
        batch_(config_["batch"].get<int64_t>()) {
    module_ = must(lower(must(parse_model(golden_text(name, "model.json"))), {.batch = batch_}));
    must(ir::verify(module_));
    must(passes::differentiate(module_));
    ir::Literal seed({ir::ElementType::i64, {}});
    ir::interpret(*module_.function("init"), variables_, {{"seed", seed}});
    const Arrays initial = golden_arrays(name, "initial.npz");
    const std::vector<std::string> weights = weight_names();
    EXPECT_EQ(weights.size(), initial.size());
    for (size_t i = 0; i < weights.size(); ++i)
      variables_[weights[i]] = literal_of(initial[i].array);
  }

  const Json& config() const { return config_; }
  int64_t batch() const { return batch_; }
  int64_t examples() const { return array_of(data_, "x").rows(); }
  ir::Literal expected(const std::string& name) const {
    return literal_of(array_of(expected_, name));
  }

  /// train_step or test_step on `count` examples from `begin`; the rest of the batch is padding.
  Outputs step(const char* function, int64_t begin, int64_t count) {
    return ir::interpret(*module_.function(function), variables_,
                         {{"x", rows("x", begin, count)},
                          {"y", rows("y", begin, count)},
                          {"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, count)}});
  }

  ir::Literal predict() {
    return ir::interpret(*module_.function("predict_step"), variables_,
                         {{"x", rows("x", 0, batch_)}})
        .at("y");
  }

  void reset_metrics() {
    for (const ir::Variable& variable : module_.variables) {
      if (variable.role == ir::Role::metric) variables_[variable.name] = ir::Literal(variable.type);
    }
  }

  /// The weights against the expected ones.
  void expect_weights(const std::string& prefix, double tolerance) const {
    const std::vector<std::string> weights = weight_names();
    for (size_t i = 0; i < weights.size(); ++i) {
      SCOPED_TRACE(prefix + ": " + weights[i]);
      const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
      EXPECT_TRUE(
          near(variables_.at(weights[i]), expected(prefix + "_w" + number).values(), tolerance));
    }
  }

 private:
  std::vector<std::string> weight_names() const {
    std::vector<std::string> names;
    for (const ir::Variable& variable : module_.variables) {
      if (variable.role == ir::Role::trainable || variable.role == ir::Role::non_trainable)
        names.push_back(variable.name);
    }
    return names;
  }

  /// A batch whose first `count` rows are the examples from `begin`; padding holds row 0.
  ir::Literal rows(const std::string& name, int64_t begin, int64_t count) const {
    const runtime::Array& array = array_of(data_, name);
    ir::Type type = literal_of(array).type();
    type.shape[0] = batch_;
    std::vector<std::byte> bytes;
    for (int64_t r = 0; r < batch_; ++r) {
      const std::byte* row = array.row(r < count ? begin + r : 0);
      bytes.insert(bytes.end(), row, row + array.row_bytes());
    }
    return ir::Literal::from_bytes(type, false, std::move(bytes)).reshaped(shape_of(name));
  }

  /// How the steps take x or y: labels of one column may have lost it.
  const ir::Shape& shape_of(const std::string& name) const {
    const ir::Function& step = *module_.function("train_step");
    size_t i = 0;
    while (!(step.argument_bindings[i] == ir::Binding::plain(name))) ++i;
    return step.body.argument(i)->type().shape;
  }

  Json config_;
  Arrays data_, expected_;
  int64_t batch_;
  ir::Module module_;
  ir::Environment variables_;
};

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, StepsAreKerasSteps) {
  KILN_NEEDS_GOLDEN();
  Case model(GetParam());
  EXPECT_TRUE(near(model.predict(), model.expected("predict_before").values(), 1e-6));
  const std::vector<double> losses = model.expected("step_loss").values();
  for (size_t i = 0; i < losses.size(); ++i) {
    const int64_t begin =
        static_cast<int64_t>(i) * model.batch() % (model.examples() - model.batch() + 1);
    const Outputs outputs = model.step("train_step", begin, model.batch());
    EXPECT_TRUE(near(outputs.at("batch_loss"), {losses[i]}, 3e-6)) << "step " << i;
  }
  model.expect_weights("after_steps", 1e-5);
  EXPECT_TRUE(near(model.predict(), model.expected("predict_after_steps").values(), 1e-5));
}

/// Keras's fit without shuffling: the last fifth validates, the last batch of each part is short.
TEST_P(Golden, FitIsKerasFit) {
  KILN_NEEDS_GOLDEN();
  Case model(GetParam());
  const int64_t training = model.examples() - model.examples() / 5;
  auto epoch = [&](const char* function, int64_t begin, int64_t end) {
    Outputs outputs;
    model.reset_metrics();
    for (; begin < end; begin += model.batch())
      outputs = model.step(function, begin, std::min(model.batch(), end - begin));
    return outputs;
  };
  auto expect_history = [&](const Outputs& outputs, const std::string& prefix, int64_t at) {
    for (const auto& [name, value] : outputs) {
      if (name == "batch_loss") continue;
      EXPECT_TRUE(near(value, {model.expected(prefix + name).get(at)}, 1e-5))
          << prefix << name << " of epoch " << at;
    }
  };
  for (int64_t at = 0; at < model.config()["epochs"].get<int64_t>(); ++at) {
    expect_history(epoch("train_step", 0, training), "history_", at);
    expect_history(epoch("test_step", training, model.examples()), "history_val_", at);
  }
  model.expect_weights("after_fit", 5e-5);
  expect_history(epoch("test_step", 0, model.examples()), "evaluate_", 0);
}

/// What the interpreter gets through in seconds. compiled_golden_test has all.
std::vector<std::string> quick_cases() {
  std::vector<std::string> cases = golden_cases();
  std::erase(cases, "cnn_adam");
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Keras, Golden, ::testing::ValuesIn(quick_cases()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace kiln::keras
