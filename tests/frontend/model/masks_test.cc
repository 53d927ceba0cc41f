// Masks in models: where they do not fit, and what files say about them.
#include <nlohmann/json.hpp>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/functional.h"
#include "gtest/gtest.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using In = Callable<Input>;

EmbeddingOptions words(const char* name = "") {
  return {.input_dim = 5, .output_dim = 3, .mask_zero = true, .name = name};
}

/// The error of lowering words in sentences: (None, 2, 3) to a mask of that shape.
std::string error_after(std::vector<LayerPointer> layers) {
  std::vector<LayerPointer> all = {
      std::make_shared<Input>(InputOptions{.shape = {2, 3}, .dtype = "int32"}),
      std::make_shared<Embedding>(words())};
  all.insert(all.end(), layers.begin(), layers.end());
  Sequential model(std::move(all));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return error_of(lower(model, {.batch = 4}));
}

template <typename T>
LayerPointer layer(T value) {
  return std::make_shared<T>(std::move(value));
}

TEST(MaskErrors, NameTheLayer) {
  const auto sentences = layer(TimeDistributed(LSTM(2)));
  EXPECT_EQ(error_after({sentences}),
            "error: layer \"time_distributed\": a loss over (4, 2, 2) cannot be masked by (4, 2, "
            "3)\nnote: Keras masks values of a loss one by one");
  EXPECT_EQ(error_after({sentences, layer(LSTM(2))}),
            "error: layer \"lstm\": needs a mask of shape (4, 2) for its input (4, 2, 2), gets "
            "(4, 2, 3)");
  EXPECT_EQ(error_after({sentences, layer(GlobalAveragePooling1D())}),
            "error: layer \"global_average_pooling1d\": needs a mask of shape (4, 2) for its input "
            "(4, 2, 2), gets (4, 2, 3)");
  EXPECT_EQ(error_after({layer(Softmax())}),
            "error: layer \"softmax\": a Softmax of masked positions is not supported\nnote: Keras "
            "refuses it, too; an Activation(\"softmax\") passes masks on");
}

TEST(MaskErrors, MergedMasksFitTogether) {
  const In x(InputOptions{.shape = {2, 3}, .dtype = "int32"});
  const In y(InputOptions{.shape = {3}, .dtype = "int32"});
  const KerasTensor sentences = Callable<Embedding>(words("sentences"))(x);
  const KerasTensor other = Callable<Embedding>(words("other"))(y);
  const KerasTensor of_wrong_shape = Callable<TimeDistributed>(LSTM(3))(sentences);
  const std::string of_mask =
      "error: layer \"sum\": needs a mask of shape (4, 2) for its input (4, 2, 3), gets (4, 2, 3)";
  for (const auto& [merged, error] :
       {std::pair(Callable<Add>("sum")({of_wrong_shape, of_wrong_shape}), of_mask),
        std::pair(Callable<Concatenate>(1, "sum")({of_wrong_shape, other}), of_mask),
        std::pair(Callable<Add>("sum")({sentences, other}),
                  std::string("error: layer \"sum\": gets masks of shapes (4, 2, 3) and (4, 3)"))})
    EXPECT_EQ(error_of(lower(functional({x, y}, {merged}), {.batch = 4})), error);
}

/// A file of words, an operation on them, and a layer that takes its result as a mask.
Json file_with_named_mask() {
  const In x(InputOptions{.shape = {3}, .dtype = "int32", .name = "x"});
  EmbeddingOptions options{.input_dim = 5, .output_dim = 3, .name = "words"};
  const KerasTensor e = Callable<Embedding>(options)(x);
  const Callable<LSTM> lstm(RecurrentOptions{.units = 2, .name = "lstm"});
  Json json = must(write_model(functional({x}, {lstm(e)})));
  Json& layers = json["config"]["layers"];
  const Json of_x = layers[1]["inbound_nodes"][0]["args"][0];
  Json mask = of_x;
  mask["config"]["dtype"] = "bool";
  mask["config"]["keras_history"] = {"is_word", 0, 0};
  layers.push_back({{"module", "keras.src.ops.numpy"},
                    {"class_name", "NotEqual"},
                    {"config", {{"name", "is_word"}}},
                    {"registered_name", "NotEqual"},
                    {"name", "is_word"},
                    {"inbound_nodes", {{{"args", {of_x, 4}}, {"kwargs", Json::object()}}}}});
  layers[2]["inbound_nodes"][0]["kwargs"] = {{"mask", mask}};
  return json;
}

TEST(NamedMasks, AreReadAndWritten) {
  const Json json = file_with_named_mask();
  const Model model = must(parse_model(json.dump()));
  EXPECT_EQ(must(write_model(model)).dump(1), json.dump(1));
  must(ir::verify(must(lower(model, {.batch = 2}))));
}

std::string predict_step(const Model& model) {
  return ir::print(*must(lower(model)).function("predict_step"), {.locations = false});
}

TEST(NamedMasks, ComeBeforeThoseOfTensors) {
  const Model model = must(parse_model(file_with_named_mask().dump()));
  Json unmasked = file_with_named_mask();
  unmasked["config"]["layers"][2]["inbound_nodes"][0]["kwargs"] = Json::object();
  unmasked["config"]["layers"].erase(3);
  const Model other = must(parse_model(unmasked.dump()));
  EXPECT_NE(predict_step(model), predict_step(other));
}

TEST(NamedMasks, AreTruthValues) {
  Json json = file_with_named_mask();
  Json& mask = json["config"]["layers"][2]["inbound_nodes"][0]["kwargs"]["mask"];
  mask["config"]["keras_history"] = {"x", 0, 0};
  EXPECT_EQ(error_of(lower(must(parse_model(json.dump())))),
            "error: model.json: layer \"lstm\": its mask is not of truth values");
  mask = 7;
  EXPECT_EQ(error_of(parse_model(json.dump())),
            "error: model.json: layer \"lstm\": the call's argument \"mask\": 7 is not "
            "supported\nnote: kiln takes a mask for each input");
}

TEST(NamedMasks, AreNoNumbers) {
  Json json = file_with_named_mask();
  Json& layers = json["config"]["layers"];
  Json mask = layers[2]["inbound_nodes"][0]["kwargs"]["mask"];
  layers[2]["inbound_nodes"][0] = {{"args", {mask}}, {"kwargs", Json::object()}};
  EXPECT_EQ(error_of(lower(must(parse_model(json.dump())))),
            "error: model.json: layer \"lstm\": computes with numbers, but gets truth values, from "
            "\"is_word\"\nnote: convert them with keras.ops.cast(x, \"float32\")");
  json = file_with_named_mask();
  json["config"]["output_layers"] = {"is_word", 0, 0};
  EXPECT_EQ(error_of(lower(must(parse_model(json.dump())))),
            "error: model.json: layer \"is_word\": the model's outputs are numbers, not truth "
            "values\nnote: convert them with keras.ops.cast");
}

}  // namespace
}  // namespace kiln::keras
