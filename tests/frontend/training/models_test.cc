// Whole models against Keras: their files, training steps with a short last batch, an evaluation.
#include "frontend/keras/files/model_json.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/replay.h"

namespace kiln::keras {
namespace {

constexpr double kTolerance = 1e-5;

/// Drops what layers and cells within `options` were built for: Keras writes it though it follows
/// from the rest.
void erase_inner_builds(Json& options) {
  for (Json& option : options) {
    if (!option.is_structured()) continue;
    if (option.is_object()) option.erase("build_config");
    erase_inner_builds(option);
  }
}

/// Without inner builds, what says that an inner model is not compiled, and without arguments that
/// have their defaults.
Json without_defaults(Json model) {
  for (Json& layer : model["config"]["layers"]) {
    erase_inner_builds(layer["config"]);
    if (layer.value("compile_config", Json()) == Json::object()) layer.erase("compile_config");
    if (!layer.contains("inbound_nodes")) continue;  // of a Sequential
    for (Json& node : layer["inbound_nodes"]) {
      Json& arguments = node["kwargs"];
      for (auto argument = arguments.begin(); argument != arguments.end();) {
        const bool is_default = argument->is_null() || *argument == false;
        argument = is_default ? arguments.erase(argument) : std::next(argument);
      }
    }
  }
  return model;
}

/// As text. Keras writes the options of an LSTM and of its cell in different orders.
std::string in_key_order(const Json& model) { return nlohmann::json::parse(model.dump()).dump(1); }

/// Without the masks that calls name, and what computes them.
Json without_named_masks(Json model) {
  Json layers = Json::array();
  for (Json& layer : model["config"]["layers"]) {
    if (layer["module"] == "keras.src.ops.numpy") continue;
    if (layer.contains("inbound_nodes")) {
      for (Json& node : layer["inbound_nodes"]) node["kwargs"].erase("mask");
    }
    layers.push_back(layer);
  }
  model["config"]["layers"] = std::move(layers);
  return model;
}

/// A graph's layers without weights may leave out what they were built for.
void leave_out_as(const Json& written, Json& expected) {
  Json& layers = expected["config"]["layers"];
  for (size_t i = 0; i < layers.size() && i < written["config"]["layers"].size(); ++i) {
    if (!written["config"]["layers"][i].contains("build_config")) layers[i].erase("build_config");
  }
}

class RecordedModel : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedModel, TrainsAsInKeras) {
  const Json& json = GetParam().json;
  expect_training(json, json["model"], interpreted, kTolerance);
}

TEST_P(RecordedModel, NeedNotNameItsMasks) {
  const Json& json = GetParam().json;
  const Json definition = without_named_masks(json["model"]);
  if (definition != json["model"]) expect_training(json, definition, interpreted, kTolerance);
}

TEST_P(RecordedModel, IsWrittenAsKerasWritesIt) {
  Json expected = GetParam().json["model"];
  const Json written = must(write_model(must(parse_model(expected.dump()))));
  leave_out_as(written, expected);
  EXPECT_EQ(in_key_order(without_defaults(written)), in_key_order(without_defaults(expected)));
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedModel, ::testing::ValuesIn(recorded_cases("models")),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Masks, RecordedModel, ::testing::ValuesIn(recorded_cases("masks")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
