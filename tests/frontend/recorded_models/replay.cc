#include "tests/frontend/recorded_models/replay.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/lower/lower.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using ir::Literal;

ir::Shape row_of(const Json& array) {
  const auto shape = array["shape"].get<ir::Shape>();
  return {shape.begin() + 1, shape.end()};
}

/// The argument of a step for data of that type.
Literal argument_of(const Json& array) {
  ir::Type type = type_of(array);
  if (type.element == ir::ElementType::i64) type.element = ir::ElementType::i32;
  if (type.element == ir::ElementType::f64) type.element = ir::ElementType::f32;
  return Literal::from_values(type, values_of(array));
}

/// Keras keeps states of random generators apart.
bool is_weight(const ir::Variable& variable) {
  if (variable.attributes.contains("random_state")) return false;
  return variable.role == ir::Role::trainable || variable.role == ir::Role::non_trainable;
}

/// "x" for the only input, "x/NAME" for one of several.
std::string argument(const char* kind, const std::vector<std::string>& names, size_t which) {
  return names.size() == 1 ? kind : fmt::format("{}/{}", kind, names[which]);
}

/// A recorded model, lowered for both shapes of its data.
class Replay {
 public:
  Replay(const Json& json, const Preparation& prepare) : json_(json) {
    Model model = must(parse_model(json["model"].dump()));
    input_names_ = model.input_names();
    output_names_ = model.output_names();
    model.compile({.optimizer = SGD(0.1), .loss = "mse"});
    LowerOptions options = {.batch = json["data"][0]["y"][0]["shape"][0].get<int64_t>(),
                            .input_shapes = shapes(0)};
    if (shapes(1) != shapes(0)) options.further_shapes = {shapes(1)};
    module_ = must(lower(model, options));
    ir::interpret(*module_.function("init"), variables_,
                  {{"seed", Literal({ir::ElementType::i64, {}})}});
    run_ = prepare(module_);
    size_t recorded = 0;
    for (const ir::Variable& variable : module_.variables) {
      if (is_weight(variable))
        variables_[variable.name] = literal_of(json["initial"].at(recorded++));
    }
    EXPECT_EQ(recorded, json["initial"].size());
  }

  Outputs predict(size_t which) { return run("predict_step", which, inputs(which)); }

  /// The loss of a training or test step.
  Literal loss(const char* step, size_t which) {
    Outputs arguments = inputs(which);
    const Json& labels = json_["data"][which]["y"];
    for (size_t i = 0; i < labels.size(); ++i)
      arguments.emplace(argument("y", output_names_, i), argument_of(labels[i]));
    arguments.emplace("count", Literal::splat_int({ir::ElementType::i32, {}},
                                                  labels[0]["shape"][0].get<int64_t>()));
    return run(step, which, arguments).at("batch_loss");
  }

  void expect_predictions(size_t which, double tolerance) {
    const Outputs predicted = predict(which);
    const Json& expected = json_["data"][which]["predicted"];
    for (size_t i = 0; i < expected.size(); ++i) {
      const std::string name = argument("y", output_names_, i);
      EXPECT_TRUE(near(predicted.at(name), values_of(expected[i]), tolerance))
          << "data " << which << ": " << name;
    }
  }

  void expect_weights(double tolerance) const {
    size_t recorded = 0;
    for (const ir::Variable& variable : module_.variables) {
      if (!is_weight(variable)) continue;
      const Json& expected = json_["final"].at(recorded++);
      EXPECT_TRUE(near(variables_.at(variable.name), values_of(expected), tolerance))
          << variable.name;
    }
  }

 private:
  InputShapes shapes(size_t which) const {
    InputShapes result;
    for (const Json& array : json_["data"][which]["x"]) result.push_back(row_of(array));
    return result;
  }

  Outputs inputs(size_t which) const {
    Outputs arguments;
    const Json& x = json_["data"][which]["x"];
    for (size_t i = 0; i < x.size(); ++i)
      arguments.emplace(argument("x", input_names_, i), argument_of(x[i]));
    return arguments;
  }

  /// "" for the first shape, ".9x2" for the second.
  std::string ending(size_t which) const {
    if (shapes(which) == shapes(0)) return "";
    std::vector<std::string> names;
    for (const ir::Shape& shape : shapes(which))
      names.push_back(fmt::format("{}", fmt::join(shape, "x")));
    return fmt::format(".{}", fmt::join(names, "_"));
  }

  Outputs run(const std::string& step, size_t which, const Outputs& arguments) {
    const ir::Function* function = module_.function(step + ending(which));
    if (function == nullptr) throw std::runtime_error("no " + step + ending(which));
    return run_(*function, variables_, arguments);
  }

  const Json& json_;
  std::vector<std::string> input_names_, output_names_;
  ir::Module module_;
  StepRunner run_;
  ir::Environment variables_;
};

}  // namespace

std::vector<Recorded> recorded_models(const std::string& file) {
  return recorded_file("tests/frontend/recorded_models/data/" + file + ".json");
}

void expect_kerass_numbers(const Recorded& model, const Preparation& prepare, double tolerance) {
  Replay replay(model.json, prepare);
  for (const size_t which : {0u, 1u}) replay.expect_predictions(which, tolerance);
  EXPECT_TRUE(
      near(replay.loss("train_step", 0), {model.json["train_loss"].get<double>()}, tolerance));
  replay.expect_weights(tolerance);
  EXPECT_TRUE(
      near(replay.loss("test_step", 1), {model.json["test_loss"].get<double>()}, tolerance));
}

}  // namespace kiln::keras
