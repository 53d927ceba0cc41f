// Keras's JSON files: both directions, and what is refused.
#include "frontend/keras/files/model_json.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <random>

#include "frontend/keras/json/json_text.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/built_in_models.h"
#include "frontend/keras/model/functional.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/golden.h"

namespace kiln::keras {
namespace {

TEST(ModelJson, GoldenFilesComeBackEqual) {
  KILN_NEEDS_GOLDEN();
  for (const std::string& name : golden_cases()) {
    SCOPED_TRACE(name);
    const std::string text = golden_text(name, "model.json");
    EXPECT_EQ(Json::parse(text), must(write_model(must(parse_model(text)))));
  }
}

Model everything() {
  Sequential model(
      {Input({28, 28}), Flatten(),
       Dense({.units = 8, .use_bias = false, .kernel_initializer = "HeNormal", .name = "a"}),
       Dense({.units = 4, .bias_initializer = "TruncatedNormal", .trainable = false}),
       Activation("softmax")},
      "everything");
  RMSprop optimizer(.01);
  optimizer.centered = true;
  optimizer.clipnorm = .5;
  model.compile({.optimizer = optimizer,
                 .loss = CategoricalCrossentropy({.label_smoothing = .1}),
                 .metrics = {"accuracy", metrics::BinaryAccuracy(.75)}});
  return model;
}

TEST(ModelJson, WrittenModelsComeBackEqual) {
  for (const Model& model : {everything(), must(example("mnist_mlp"))}) {
    const std::string text = must(to_json(model));
    const Model again = must(parse_model(text));
    EXPECT_EQ(must(to_json(again)), text);
    EXPECT_EQ(must(again.summary()), must(model.summary()));
  }
}

TEST(ModelJson, ModelsWithoutTrainingAreRead) {
  const Sequential model({Input({4}), Dense(2)});
  EXPECT_FALSE(must(parse_model(must(to_json(model)))).compile_options.has_value());
}

/// A model with one Dense, whose class or whose option is someone's own.
std::string custom(const Json& layer_patch, const Json& config_patch = Json::object()) {
  const Sequential model({Input({4}), Dense({.units = 2, .name = "d"})});
  Json json = must(write_model(model));
  json["config"]["layers"][1].update(layer_patch);
  json["config"]["layers"][1]["config"].update(config_patch);
  return error_of(parse_model(json.dump(), "m.json"));
}

constexpr const char* kWaysOut =
    "\nnote: kiln runs no Python: build it of Keras's own layers and operations, in a model of its "
    "own if need be, or let Keras compute that part";

TEST(ModelJson, ClassesOfOnesOwnAreNotTakenForKerass) {
  EXPECT_EQ(custom({{"module", nullptr}, {"registered_name", "Dense"}}),
            std::string("error: m.json: layer \"d\" is a class of your own, \"Dense\", not one of "
                        "Keras's") +
                kWaysOut);
  EXPECT_EQ(custom({{"module", "my.layers"}, {"registered_name", "Custom>Dense"}}),
            std::string("error: m.json: layer \"d\" is a class of your own, \"Dense\" of module "
                        "\"my.layers\", registered as \"Custom>Dense\", not one of Keras's") +
                kWaysOut);
  const Json own_function = {{"module", "builtins"},
                             {"class_name", "function"},
                             {"config", "Custom>gelu"},
                             {"registered_name", "function"}};
  EXPECT_EQ(custom(Json::object(), {{"activation", own_function}}),
            "error: m.json: layer \"d\": unknown activation \"Custom>gelu\"");
  const Json own_class = {{"module", nullptr},
                          {"class_name", "L2"},
                          {"config", {{"l2", 0.5}}},
                          {"registered_name", "L2"}};
  EXPECT_EQ(
      custom(Json::object(), {{"kernel_regularizer", own_class}}),
      std::string("error: m.json: layer \"d\": kernel_regularizer: the regularizer is a class "
                  "of your own, \"L2\", not one of Keras's") +
          kWaysOut);
}

TEST(ModelJson, LambdasAreRefusedByName) {
  EXPECT_EQ(custom({{"class_name", "Lambda"}}),
            "error: m.json: layer \"d\": is a Lambda: it holds Python code, which kiln does not "
            "run\nnote: write it as layers (Rescaling, Permute, Activation) or as an operation of "
            "keras.ops in a functional model, and save the model again");
}

TEST(ModelJson, OptimizersAndLossesMayBeNames) {
  Json json = must(write_model(must(example("mnist_mlp"))));
  json["compile_config"]["optimizer"] = "rmsprop";
  json["compile_config"]["loss"] = "mse";
  const Model model = must(parse_model(json.dump()));
  EXPECT_EQ(model.compile_options->optimizer.get()->class_name(), "RMSprop");
  EXPECT_EQ(model.compile_options->loss.one()->identifier, "mse");
}

TEST(ModelJson, FilesOfKeras2AreRead) {
  const Model model =
      must(parse_model(R"({"class_name": "Sequential", "config": {"name": "old", "layers": [
      {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4], "dtype": "float32", "sparse": false,
                                              "ragged": false, "name": "dense_input"}},
      {"class_name": "Dense", "config": {"name": "dense", "trainable": true, "dtype": "float32", "units": 2,
        "activation": "relu", "use_bias": true,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
        "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null,
        "bias_regularizer": null, "activity_regularizer": null, "kernel_constraint": null, "bias_constraint": null}}]},
      "keras_version": "2.13.1", "backend": "tensorflow"})"));
  EXPECT_EQ(model.layers.size(), 2u);
}

struct Edit {
  const char* pointer;  ///< a JSON pointer into the example's file
  const char* value;    ///< what is put there
  const char* error;
};

const Edit kEdits[] = {
    {"/config/layers/2/class_name", "\"Dence\"",
     "error: model.json: layer \"dense_1\": layers of class \"Dence\" are not supported\nnote: did "
     "you mean Dense?"},
    {"/config/layers/1/config/activation", "\"rellu\"",
     "error: model.json: layer \"dense\": unknown activation \"rellu\"\nnote: did you mean relu?"},
    {"/config/layers/1/config/activation", "{\"class_name\": \"LeakyReLU\"}",
     "error: model.json: layer \"dense\": \"activation\": only activations by name are supported, "
     "not "
     "{\"class_name\":\"LeakyReLU\"}\nnote: put the activation into a layer of its own"},
    {"/config/layers/1/config/kernel_regularizer", "{\"class_name\": \"L3\"}",
     "error: model.json: layer \"dense\": kernel_regularizer: unknown regularizer \"L3\"\nnote: "
     "did "
     "you mean L1?"},
    {"/config/layers/1/config/kernel_regularizer",
     "{\"class_name\": \"L2\", \"config\": {\"l2\": -1}}",
     "error: model.json: layer \"dense\": its weight \"kernel\": L2: factors must not be negative, "
     "one is -1"},
    {"/config/layers/1/config/activity_regularizer", "\"orthogonal_regularizer\"",
     "error: model.json: layer \"dense\": an OrthogonalRegularizer as activity_regularizer is not "
     "supported\nnote: kiln takes L1, L2 and L1L2 here"},
    {"/config/layers/1/config/bias_regularizer", "\"orthogonal_regularizer\"",
     "error: model.json: layer \"dense\": its weight \"bias\": OrthogonalRegularizer applies to "
     "matrices, not to 1 dimensions"},
    {"/config/layers/1/config/bias_constraint",
     "{\"class_name\": \"MaxNorm\", \"config\": {\"max_value\": 1, \"axis\": 1}}",
     "error: model.json: layer \"dense\": its weight \"bias\": MaxNorm: axis 1 is outside of the "
     "weight's 1 dimensions"},
    {"/config/layers/1/config/bias_constraint", "\"nonneg\"",
     "error: model.json: layer \"dense\": bias_constraint: unknown constraint \"nonneg\"\nnote: "
     "did "
     "you mean NonNeg?"},
    {"/config/layers/1/config/units", "\"many\"",
     "error: model.json: layer \"dense\": \"units\" must be an integer, not \"many\""},
    {"/config/layers/1/config/units", "-3",
     "error: model.json: layer \"dense\": units must be positive, not -3"},
    {"/config/layers/1/config/use_bais", "false",
     "error: model.json: layer \"dense\": unknown option \"use_bais\"\nnote: did you mean "
     "use_bias?"},
    {"/config/layers/1/config/dtype", "\"mixed_float16\"",
     "error: model.json: layer \"dense\": dtype \"mixed_float16\" is not supported\nnote: kiln "
     "computes in float32: build the model under keras.config.set_dtype_policy(\"float32\"), the "
     "weights fit"},
    {"/config/layers/1/config/kernel_initializer/class_name", "\"GlorotUnifrom\"",
     "error: model.json: layer \"dense\": kernel_initializer: unknown initializer "
     "\"GlorotUnifrom\"\nnote: did you mean GlorotUniform?"},
    {"/config/layers/0/config/batch_shape", "[null, 780]",
     "error: model.json: layer \"dense\": expects 784 inputs, gets 780 from \"input_layer\""},
    {"/config/layers/0/config/batch_shape", "[null, -1]",
     "error: model.json: layer \"input_layer\": \"batch_shape\" must be a list of sizes and nulls, "
     "not [null,-1]"},
    {"/config/layers/0/config/batch_shape", "[null, 0]",
     "error: model.json: layer \"input_layer\": an extent of 0 holds no data"},
    {"/config/layers/0/config/sparse", "true",
     "error: model.json: layer \"input_layer\": \"sparse\": true is not supported\nnote: kiln "
     "takes false or null here"},
    {"/config/layers", "3", "error: model.json: \"layers\" must be a list"},
    {"/config/layers/1", "3", "error: model.json: layer 1: expected an object, not 3"},
    {"/config/layers/1/config", "[]",
     "error: model.json: layer \"?\": its config must be an object, not []"},
    {"/class_name", "\"Sequentail\"",
     "error: model.json: models of class \"Sequentail\" are not supported\nnote: did you mean "
     "Sequential?"},
};

// A layer keeps what its calls have in common; before, the last call's arguments were all calls'.
TEST(ModelJson, CallsOfALayerWithDifferentArgumentsAreRefused) {
  const auto x = Callable<Input>({3, 4});
  const auto a = Callable<MultiHeadAttention>({.num_heads = 1, .key_dim = 2, .name = "a"});
  Json json = must(write_model(functional({x}, {a({a({x, x}), x})})));
  Json& calls = json["config"]["layers"][1]["inbound_nodes"];
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_TRUE(parse_model(json.dump()));
  calls[0]["kwargs"]["use_causal_mask"] = true;
  EXPECT_EQ(error_of(parse_model(json.dump(), "m.json")),
            "error: m.json: layer \"a\": is called several times with different arguments\nnote: "
            "make a layer for each call");
  calls[1]["kwargs"]["use_causal_mask"] = true;
  EXPECT_TRUE(parse_model(json.dump()));
}

// Keras 3 writes training=true with every call of a layer of images, and calls it in the model's own
// mode; of other layers it is refused.
TEST(ModelJson, LayersOfImagesAreCalledInTheModelsMode) {
  const auto x = Callable<Input>({4, 4, 3});
  Json json = must(write_model(functional({x}, {Callable<RandomFlip>()(x)})));
  json["config"]["layers"][1]["inbound_nodes"][0]["kwargs"]["training"] = true;
  EXPECT_TRUE(parse_model(json.dump()));
  json = must(write_model(functional({x}, {Callable<Dropout>(0.5)(x)})));
  json["config"]["layers"][1]["inbound_nodes"][0]["kwargs"]["training"] = true;
  EXPECT_EQ(error_of(parse_model(json.dump(), "m.json")),
            "error: m.json: layer \"dropout\": the call's argument \"training\": true is not "
            "supported\nnote: leave it out of the call, and save the model again");
}

TEST(ModelJson, WhatIsNotUnderstoodIsRefused) {
  const Json good = must(write_model(must(example("mnist_mlp"))));
  for (const Edit& edit : kEdits) {
    SCOPED_TRACE(edit.pointer);
    Json json = good;
    json[Json::json_pointer(edit.pointer)] = Json::parse(edit.value);
    // Some mistakes show when shapes are inferred.
    const Expected<Model> model = parse_model(json.dump());
    EXPECT_EQ(model ? error_of(model->summary()) : model.error().to_string(), edit.error);
  }
}

// Of what training needs.
const Edit kTrainingEdits[] = {
    {"/compile_config/optimizer/class_name", "\"Adm\"",
     "error: model.json: compile_config: unknown optimizer \"Adm\"\nnote: did you mean Adam?"},
    {"/compile_config/optimizer/config/use_ema", "1",
     "error: model.json: compile_config: optimizer \"Adam\": \"use_ema\" must be true or false, "
     "not "
     "1"},
    {"/compile_config/optimizer/config/learning_rate", "{\"class_name\": \"CosineDeca\"}",
     "error: model.json: compile_config: optimizer \"Adam\": learning_rate: unknown schedule "
     "\"CosineDeca\"\nnote: did you mean CosineDecay?"},
    {"/compile_config/loss", "\"sparse_categorical_crossentrop\"",
     "error: model.json: compile_config: unknown loss \"sparse_categorical_crossentrop\"\nnote: "
     "did you mean sparse_categorical_crossentropy?"},
    {"/compile_config/loss", "[\"mse\", 3]",
     "error: model.json: compile_config: a loss must be a name or an object, not 3"},
    {"/compile_config/metrics/0", "\"acuracy\"",
     "error: model.json: compile_config: unknown metric \"acuracy\"\nnote: did you mean accuracy?"},
    {"/compile_config/loss_weights", "[\"half\"]",
     "error: model.json: compile_config: a loss weight must be a number, not \"half\""},
    {"/compile_config/metrics", "\"accuracy\"",
     "error: model.json: compile_config: \"metrics\" must be a list or a dict"},
    {"/compile_config/optimizer", "null",
     "error: model.json: compile_config: an optimizer must be a name or an object, not null"},
    {"/compile_config/sample_wieghts", "1",
     "error: model.json: compile_config: unknown option \"sample_wieghts\""},
};

TEST(ModelJson, WhatIsNotUnderstoodOfTrainingStopsTrainingAlone) {
  const Json good = must(write_model(must(example("mnist_mlp"))));
  for (const Edit& edit : kTrainingEdits) {
    SCOPED_TRACE(edit.pointer);
    Json json = good;
    json[Json::json_pointer(edit.pointer)] = Json::parse(edit.value);
    Model model = must(parse_model(json.dump()));
    must(lower(model, {.purpose = Purpose::predict}));
    EXPECT_EQ(error_of(lower(model)), edit.error);
    const bool is_optimizer =
        std::string_view(edit.pointer).find("/optimizer") != std::string::npos;
    const auto test = lower(model, {.purpose = Purpose::evaluate});
    EXPECT_EQ(test ? "" : test.error().to_string(), is_optimizer ? "" : edit.error);
    EXPECT_FALSE(must(parse_model(must(to_json(model)))).compile_options.has_value());
    model.compile({.loss = "sparse_categorical_crossentropy"});
    must(lower(model));
  }
}

TEST(ModelJson, TextThatIsNoJson) {
  EXPECT_EQ(error_of(parse_model("")),
            "error: model.json: the file is empty\nnote: write it with model.to_json()");
  EXPECT_EQ(error_of(parse_model("{\"class_name\":\n  \"Sequ")),
            "error: model.json:2:8: the file ends too early\nnote: it seems to be cut off; copy it "
            "again");
  EXPECT_EQ(error_of(parse_model("{\n  \"a\": 1,\n  }")).substr(0, 40),
            "error: model.json:3:3: is not valid JSON");
  EXPECT_EQ(error_of(parse_model("\x89HDF\r\n")).substr(0, 40),
            "error: model.json:1:1: is not valid JSON");
  EXPECT_EQ(error_of(parse_model("[1, 2]")), "error: model.json: expected an object, not [1,2]");
  EXPECT_EQ(error_of(parse_model("{}")),
            "error: model.json: has no \"class_name\"\nnote: write the file with model.to_json()");
  EXPECT_EQ(error_of(parse_model(std::string(100000, '['))).substr(0, 17), "error: model.json");
  EXPECT_EQ(error_of(parse_model(std::string(1000, '[') + std::string(1000, ']'))),
            "error: model.json: is nested too deeply to be a model");
  EXPECT_EQ(error_of(parse_model("{\"class_name\": \"\xff\"}")).substr(0, 38),
            "error: model.json:1:17: is not valid J");
}

/// A model of one Rescaling, whose name and scale are these.
std::string rescaled(const std::string& name, const std::string& scale) {
  const Sequential model({Input({4}), Rescaling({6}, {0}, "NAME")});
  std::string text = must(to_json(model));
  text.replace(text.find("6.0"), 3, scale);
  for (size_t at = text.find("NAME"); at != std::string::npos; at = text.find("NAME"))
    text.replace(at, 4, name);
  return text;
}

TEST(ModelJson, NumbersThatAreNotFiniteStandAsInPython) {
  for (const char* scale : {"Infinity", "-Infinity", "NaN"}) {
    for (const char* name : {"rescaling", "NaN", "a_\\\"-Infinity", "1.5, Infinity, \\\\"}) {
      const std::string text = rescaled(name, scale);
      SCOPED_TRACE(text);
      EXPECT_EQ(must(to_json(must(parse_model(text)))), text);
    }
  }
  const Json json = must(parse_json(
      R"([0.0, NaN, "NaN", -0.000000, {"Infinity": [Infinity,-Infinity], "a": -1}])", ""));
  EXPECT_EQ(write_json(json), R"([0.0,NaN,"NaN",-0.0,{"Infinity":[Infinity,-Infinity],"a":-1}])");
  for (const char* text : {"[nan]", "[NaNs]", "[+Infinity]", "[Infinity", "[Infinity8]",
                           "{Infinity: 1}", "[inf]", "[- Infinity]"})
    EXPECT_FALSE(static_cast<bool>(parse_json(text, ""))) << text;
  EXPECT_EQ(error_of(parse_json("[NaN, Infinity, x]", "m.json")).substr(0, 37),
            "error: m.json:1:17: is not valid JSON");
}

TEST(ModelJson, EveryTruncationIsAnError) {
  const std::string text = must(to_json(must(example("mnist_mlp"))));
  for (size_t length = 0; length < text.size(); length += 7) {
    EXPECT_FALSE(static_cast<bool>(parse_model(text.substr(0, length)))) << length;
  }
}

/// Text with one of its values, characters or parts changed.
std::string damaged(std::string text, std::mt19937_64& random) {
  constexpr const char* kValues[] = {
      "null", "-1",   "0",         "1e999",    "99999999999999999999", "\"\"", "[]",
      "{}",   "true", "[null, 3]", "\"relu\"", "1099511627776"};
  const std::string value = kValues[random() % std::size(kValues)];
  const size_t at = random() % text.size();
  switch (random() % 4) {
    case 0:
      text[at] = static_cast<char>(random());
      return text;
    case 1:
      return text.erase(at, 1 + random() % 8);
    case 2:
      return text.insert(at, value);
  }
  const size_t colon = text.find(": ", at);
  if (colon == std::string::npos) return text;
  return text.replace(colon + 2, text.find_first_of(",\n", colon) - colon - 2, value);
}

// Whatever the file holds: a model, which can be lowered, or an error.
TEST(ModelJson, DamagedFilesDoNotCrash) {
  const std::string text = must(to_json(must(example("mnist_mlp"))));
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const Expected<Model> model = parse_model(damaged(damaged(text, random), random));
    if (!model || !lower(*model)) continue;
    EXPECT_TRUE(static_cast<bool>(to_json(*model)));
  }
}

TEST(ModelJson, AMissingFileIsAnError) {
  EXPECT_NE(error_of(read_model("/no/such/model.json")).find("/no/such/model.json"),
            std::string::npos);
}

}  // namespace
}  // namespace kiln::keras
