// Models whose inputs leave extents open, and models of other types of inputs, against Keras
// (record.py): what they predict for two sets of data, of two shapes where extents are open, a
// training step on the first and an evaluation on the second, all with one set of weights.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
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

using ir::Literal;

constexpr double kTolerance = 2e-5;

struct Recorded {
  std::string name;
  Json json;
  friend void PrintTo(const Recorded& recorded, std::ostream* out) { *out << recorded.name; }
};

std::vector<Recorded> cases_of(const std::string& file) {
  std::ifstream stream("tests/frontend/open_extents/data/" + file);
  std::vector<Recorded> cases;
  for (Json& json : Json::parse(stream))
    cases.push_back({json["name"].get<std::string>(), std::move(json)});
  return cases;
}

std::vector<double> values_of(const Json& array) {
  return array["values"].get<std::vector<double>>();
}

ir::Shape row_of(const Json& array) {
  const auto shape = array["shape"].get<ir::Shape>();
  return {shape.begin() + 1, shape.end()};
}

/// A recorded model, lowered for both shapes of its data.
class Replay {
 public:
  explicit Replay(const Json& json) : json_(json) {
    const Model model = must(parse_model(json["model"].dump()));
    Model trained = model;
    trained.compile({.optimizer = SGD(0.1), .loss = "mse"});
    input_names_ = trained.input_names();
    const int64_t batch = json["data"][0]["y"]["shape"][0].get<int64_t>();
    LowerOptions options = {.batch = batch, .input_shapes = shapes(0)};
    if (shapes(1) != shapes(0)) options.further_shapes = {shapes(1)};
    module_ = must(lower(trained, options));
    must(passes::differentiate(module_));
    must(ir::verify(module_));
    ir::interpret(*module_.function("init"), variables_,
                  {{"seed", Literal({ir::ElementType::i64, {}})}});
    size_t recorded = 0;
    for (const ir::Variable& variable : module_.variables) {
      if (is_weight(variable)) set(variable.name, json["initial"].at(recorded++));
    }
    EXPECT_EQ(recorded, json["initial"].size());
  }

  /// "" for the first shape, ".9x2" for the second.
  std::string ending(size_t which) const {
    if (shapes(which) == shapes(0)) return "";
    std::vector<std::string> names;
    for (const ir::Shape& shape : shapes(which))
      names.push_back(fmt::format("{}", fmt::join(shape, "x")));
    return fmt::format(".{}", fmt::join(names, "_"));
  }

  std::map<std::string, Literal> run(const std::string& step, size_t which) {
    const Json& data = json_["data"][which];
    std::map<std::string, Literal> arguments;
    const ir::Function* function = module_.function(step + ending(which));
    if (function == nullptr) throw std::runtime_error("no " + step + ending(which));
    for (size_t i = 0; i < input_names_.size(); ++i) {
      const std::string name = input_names_.size() == 1 ? "x" : "x/" + input_names_[i];
      arguments.emplace(name, literal(data["x"][i]));
    }
    if (step != "predict_step") {
      arguments.emplace("y", literal(data["y"]));
      arguments.emplace("count", Literal::splat_int({ir::ElementType::i32, {}},
                                                    data["y"]["shape"][0].get<int64_t>()));
    }
    return ir::interpret(*function, variables_, arguments);
  }

  void expect_weights(const Json& expected) {
    size_t recorded = 0;
    for (const ir::Variable& variable : module_.variables) {
      if (!is_weight(variable)) continue;
      EXPECT_TRUE(
          near(variables_.at(variable.name), values_of(expected.at(recorded++)), kTolerance))
          << variable.name;
    }
  }

 private:
  static bool is_weight(const ir::Variable& variable) {
    return variable.role == ir::Role::trainable || variable.role == ir::Role::non_trainable;
  }

  InputShapes shapes(size_t which) const {
    InputShapes result;
    for (const Json& array : json_["data"][which]["x"]) result.push_back(row_of(array));
    return result;
  }

  /// The element type of a step's argument for data of that type.
  static ir::ElementType element_of(const std::string& dtype) {
    if (dtype == "uint8") return ir::ElementType::u8;
    if (dtype == "int8") return ir::ElementType::i8;
    if (dtype == "int16") return ir::ElementType::i16;
    if (dtype == "bool") return ir::ElementType::i1;
    return dtype == "int32" || dtype == "int64" ? ir::ElementType::i32 : ir::ElementType::f32;
  }

  static Literal literal(const Json& array) {
    const ir::ElementType element = element_of(array["dtype"].get<std::string>());
    return Literal::from_values({element, array["shape"].get<ir::Shape>()}, values_of(array));
  }

  void set(const std::string& name, const Json& array) { variables_[name] = literal(array); }

  const Json& json_;
  std::vector<std::string> input_names_;
  ir::Module module_;
  ir::Environment variables_;
};

void expect_kerass_numbers(const Json& json) {
  Replay replay(json);
  for (const size_t which : {0u, 1u}) {
    const auto predicted = replay.run("predict_step", which);
    EXPECT_TRUE(near(predicted.at("y"), values_of(json["data"][which]["predicted"]), kTolerance))
        << "data " << which;
  }
  const auto trained = replay.run("train_step", 0);
  EXPECT_TRUE(near(trained.at("batch_loss"), {json["train_loss"].get<double>()}, kTolerance));
  replay.expect_weights(json["final"]);
  const auto tested = replay.run("test_step", 1);
  EXPECT_TRUE(near(tested.at("batch_loss"), {json["test_loss"].get<double>()}, kTolerance));
}

class OpenExtents : public ::testing::TestWithParam<Recorded> {};
TEST_P(OpenExtents, GiveKerasNumbersForTwoShapes) { expect_kerass_numbers(GetParam().json); }
INSTANTIATE_TEST_SUITE_P(Keras, OpenExtents, ::testing::ValuesIn(cases_of("open_extents.json")),
                         [](const auto& info) { return info.param.name; });

class InputTypes : public ::testing::TestWithParam<Recorded> {};
TEST_P(InputTypes, AreWhatKerasComputesWith) { expect_kerass_numbers(GetParam().json); }
INSTANTIATE_TEST_SUITE_P(Keras, InputTypes, ::testing::ValuesIn(cases_of("input_types.json")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
