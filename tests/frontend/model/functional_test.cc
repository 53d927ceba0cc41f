// Models that are graphs: their layers' order, what is shared, and what is refused.
#include "frontend/keras/model/functional.h"

#include <nlohmann/json.hpp>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "gtest/gtest.h"
#include "ir/verifier.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using Names = std::vector<std::string>;
using In = Callable<Input>;
using Fully = Callable<Dense>;

Fully dense(const char* name, int64_t units = 3) {
  return Fully(DenseOptions{.units = units, .name = name});
}

/// Two inputs, a shared layer, a sum, two outputs.
Model siamese() {
  const In left(InputOptions{.shape = {4}, .name = "left"});
  const In right(InputOptions{.shape = {4}, .name = "right"});
  const Fully shared = dense("shared");
  const KerasTensor sum = Callable<Add>("sum")({shared(left), shared(right)});
  return functional({left, right}, {dense("kind", 2)(sum), dense("distance", 1)(sum)}, "siamese");
}

Names layer_names(const Model& model) {
  Names names;
  for (const LayerPointer& layer : model.layers) names.push_back(layer->name);
  return names;
}

Names variable_names(const Model& model) {
  Names names;
  for (const ir::Variable& variable : must(lower(model, {.batch = 2})).variables)
    names.push_back(variable.name);
  return names;
}

TEST(Functional, LayersAreInKerasOrder) {
  EXPECT_EQ(layer_names(siamese()), (Names{"left", "right", "shared", "sum", "kind", "distance"}));
  // A layer is as deep as its deepest application, and inputs are as deep as they are far.
  const In a(InputOptions{.shape = {3}, .name = "a"}), b(InputOptions{.shape = {3}, .name = "b"});
  const KerasTensor deep = dense("second")(dense("first")(a));
  const Model model = functional({b, a}, {Callable<Add>("sum")({deep, b})});
  EXPECT_EQ(layer_names(model), (Names{"a", "first", "second", "b", "sum"}));
}

TEST(Functional, UnnamedLayersGetKerasNames) {
  const In x({4});
  const Model model = functional({x}, {Fully(2)(Fully(3)(x))});
  EXPECT_EQ(layer_names(model), (Names{"input_layer", "dense", "dense_1"}));
}

TEST(Functional, ASharedLayerHasItsWeightsOnce) {
  EXPECT_EQ(variable_names(siamese()), (Names{"shared/kernel", "shared/bias", "kind/kernel",
                                              "kind/bias", "distance/kernel", "distance/bias"}));
}

TEST(Functional, StepsTakeInputsAndLabelsByName) {
  Model model = siamese();
  model.compile({.optimizer = "sgd",
                 .loss = {{"kind", "sparse_categorical_crossentropy"}, {"distance", "mse"}},
                 .metrics = {{"kind", {"accuracy"}}}});
  const ir::Module module =
      must(lower(model, {.batch = 2, .sample_weights = SampleWeights::per_row}));
  must(ir::verify(module));
  Names inputs, outputs;
  for (const ir::Binding& binding : module.function("train_step")->argument_bindings) {
    if (!binding.is_variable) inputs.push_back(binding.name);
  }
  for (const ir::Binding& binding : module.function("train_step")->result_bindings) {
    if (!binding.is_variable) outputs.push_back(binding.name);
  }
  EXPECT_EQ(inputs, (Names{"x/left", "x/right", "y/kind", "y/distance", "sample_weight/kind",
                           "sample_weight/distance", "count"}));
  EXPECT_EQ(outputs, (Names{"batch_loss", "loss", "kind_loss", "distance_loss", "kind_accuracy"}));
}

TEST(Functional, AnOutputWithoutALossTakesNoLabels) {
  Model model = siamese();
  model.compile({.optimizer = "sgd", .loss = PerOutput<Loss>::List{{}, "mse"}});
  const ir::Module module = must(lower(model, {.batch = 2}));
  Names inputs;
  for (const ir::Binding& binding : module.function("test_step")->argument_bindings) {
    if (!binding.is_variable) inputs.push_back(binding.name);
  }
  EXPECT_EQ(inputs, (Names{"x/left", "x/right", "y/distance", "count"}));
}

/// The types of predict_step's inputs, and the limit of each.
std::vector<std::string> inputs_of(const Model& model) {
  const ir::Module module = must(lower(model, {.batch = 2}));
  const auto& limits = std::get<ir::Integers>(module.attributes.at("index_limits"));
  const ir::Region& body = module.function("predict_step")->body;
  std::vector<std::string> result;
  const auto& bindings = module.function("predict_step")->argument_bindings;
  for (size_t i = 0; i < bindings.size(); ++i) {
    if (bindings[i].is_variable) continue;
    result.push_back(body.argument(i)->type().to_string() + " " +
                     std::to_string(limits[result.size()]));
  }
  return result;
}

TEST(Functional, IdsArriveAsIntegersBelowTheLeastVocabulary) {
  const In words(InputOptions{.shape = {3}, .name = "words"});
  const In numbers(InputOptions{.shape = {3}, .name = "numbers"});
  const Callable<Embedding> large(9, 2), small(7, 2);
  const Callable<Flatten> flat;
  const KerasTensor both =
      Callable<Concatenate>()({flat(large(words)), flat(small(words)), numbers});
  EXPECT_EQ(inputs_of(functional({words, numbers}, {both})),
            (Names{"tensor<2x3xi32> 7", "tensor<2x3xf32> 0"}));
  const KerasTensor mixed = Callable<Concatenate>()({flat(large(words)), words});
  EXPECT_EQ(inputs_of(functional({words}, {mixed})), (Names{"tensor<2x3xf32> 9"}));
}

TEST(Nested, IdsOfEachInputAreKnownOutside) {
  const In words(InputOptions{.shape = {3}, .name = "words"});
  const In numbers(InputOptions{.shape = {3}, .name = "numbers"});
  const Callable<Embedding> vectors(9, 2);
  const Callable<Flatten> flat;
  const Model inner =
      functional({words, numbers}, {Callable<Concatenate>()({flat(vectors(words)), numbers})});
  const In a(InputOptions{.shape = {3}, .name = "a"}), b(InputOptions{.shape = {3}, .name = "b"});
  const KerasTensor applied(AnyLayer(inner).get(), {a, b});
  EXPECT_EQ(inputs_of(functional({a, b}, {applied}, "outer")),
            (Names{"tensor<2x3xi32> 9", "tensor<2x3xf32> 0"}));
  const Sequential distributed({Input({4, 3}), TimeDistributed(Embedding(6, 2))});
  EXPECT_EQ(inputs_of(distributed), (Names{"tensor<2x4x3xi32> 6"}));
}

TEST(Nested, WeightsAreCalledByTheirPath) {
  const Sequential encoder({Input({4}), Dense(3), Dense({.units = 2, .name = "code"})}, "encoder");
  Sequential model({Input({4}), encoder, Dense(1)});
  EXPECT_EQ(variable_names(model),
            (Names{"encoder/dense/kernel", "encoder/dense/bias", "encoder/code/kernel",
                   "encoder/code/bias", "dense/kernel", "dense/bias"}));
  model.layers[1]->set_trainable(false);
  const ir::Module module = must(lower(model));
  EXPECT_EQ(module.variable("encoder/code/bias")->role, ir::Role::non_trainable);
  EXPECT_EQ(module.variable("dense/bias")->role, ir::Role::trainable);
  const std::string summary = must(model.summary());
  EXPECT_NE(summary.find("encoder (Sequential)"), std::string::npos) << summary;
  EXPECT_NE(summary.find(" Trainable params: 3 "), std::string::npos) << summary;
  EXPECT_NE(summary.find(" Non-trainable params: 23 "), std::string::npos) << summary;
}

TEST(Nested, ComesBackFromItsFileFrozen) {
  Model inner = siamese();
  inner.set_trainable(false);
  const In a(InputOptions{.shape = {4}, .name = "a"});
  const LayerPointer layer = AnyLayer(inner).get();
  const KerasTensor applied(layer, {a, a});
  const Model model = functional({a}, {dense("last")(applied.output(1))}, "outer");
  const std::string text = must(to_json(model));
  const Model again = must(parse_model(text));
  EXPECT_EQ(must(to_json(again)), text);
  EXPECT_EQ(must(lower(again)).variable("siamese/shared/kernel")->role, ir::Role::non_trainable);
}

TEST(Functional, ErrorsOfCompileNameTheOutput) {
  Model model = siamese();
  auto error = [&](CompileOptions options) {
    options.optimizer = "sgd";
    model.compile(std::move(options));
    return error_of(lower(model));
  };
  EXPECT_EQ(error({.loss = {{"kind", "mse"}, {"distence", "mse"}}}),
            "error: loss has nothing for the output \"distance\"\n"
            "note: Keras wants an entry for every output");
  EXPECT_EQ(error({.loss = {{"kind", "mse"}, {"distance", "mse"}, {"distence", "mse"}}}),
            "error: loss: the model has no output \"distence\"\nnote: did you mean distance?");
  EXPECT_EQ(error({.loss = {"mse", "mse", "mse"}}),
            "error: loss has 3 entries, the model has 2 outputs\n"
            "note: the outputs are kind, distance");
  EXPECT_EQ(error({.loss = "mse", .metrics = {"mae"}}),
            "error: metrics has 1 entries, the model has 2 outputs\n"
            "note: list the metrics of each output, or name the outputs in a dict");
  EXPECT_EQ(error({.loss = {"mse", "mean_squared_eror"}}),
            "error: output \"distance\": unknown loss \"mean_squared_eror\"\nnote: did you mean "
            "mean_squared_error?");
  EXPECT_EQ(error({.loss = {"mse", "mse"}, .metrics = {{"kind", {"acuracy"}}}}),
            "error: output \"kind\": unknown metric \"acuracy\"\nnote: did you mean accuracy?");
  EXPECT_EQ(error({.loss = PerOutput<Loss>::List{"mse", {}}, .metrics = {{"distance", {"mae"}}}}),
            "error: output \"distance\": metric \"mae\": the output has no loss, and so takes no "
            "labels");
  EXPECT_EQ(error({}), "error: no output has a loss\nnote: give compile() a loss");
}

TEST(Functional, ErrorsOfTheGraphNameTheLayer) {
  const In a(InputOptions{.shape = {4}, .name = "a"}), b(InputOptions{.shape = {4}, .name = "b"});
  const KerasTensor sum = Callable<Add>("sum")({a, b});
  EXPECT_EQ(error_of(lower(functional({a}, {sum}))),
            "error: layer \"b\": the outputs depend on it, but it is not among the model's inputs\n"
            "note: name it as an input, or leave out what is made of it");
  EXPECT_EQ(error_of(lower(functional({a}, {dense("a")(a)}))),
            "error: layer \"a\": two layers have this name\n"
            "note: names of layers are unique in a model");
  EXPECT_EQ(error_of(lower(functional({a}, {dense("one/two")(a)}))),
            "error: layer \"one/two\": a layer's name must not hold a slash");
  const KerasTensor nested(AnyLayer(siamese()).get(), {a});
  EXPECT_EQ(error_of(lower(functional({a}, {nested}))),
            "error: layer \"siamese\": takes 2 inputs, gets 1\nnote: its inputs are left, right");
  const In wide(InputOptions{.shape = {5}, .name = "wide"});
  EXPECT_EQ(error_of(lower(functional({a, wide}, {Callable<Add>("sum")({a, wide})}))),
            "error: layer \"sum\": gets (32, 4) from \"a\" and (32, 5) from \"wide\"");
}

struct Edit {
  const char* pointer;
  const char* value;
  const char* error;
};

const Edit kEdits[] = {
    {"/config/layers/2/inbound_nodes/0/args/0/config/keras_history/0", "\"lift\"",
     "error: model.json: layer \"shared\": there is no layer \"lift\"\nnote: did you mean left?"},
    {"/config/layers/2/inbound_nodes/0/args/0/config/keras_history/0", "\"sum\"",
     "error: model.json: layer \"shared\": waits for a result that no layer gives before it\n"
     "note: the model's graph has a circle, or a node is missing"},
    {"/config/layers/3/inbound_nodes/0/args/0/1/config/keras_history/1", "2",
     "error: model.json: layer \"sum\": waits for a result that no layer gives before it\n"
     "note: the model's graph has a circle, or a node is missing"},
    {"/config/layers/2/inbound_nodes/0/args/0", "3",
     "error: model.json: layer \"shared\": is called with 3, which is not supported\n"
     "note: kiln takes the results of layers here"},
    {"/config/layers/2/inbound_nodes/0/kwargs/training", "true",
     "error: model.json: layer \"shared\": the call's argument \"training\": true is not "
     "supported\nnote: leave it out of the call, and save the model again"},
    {"/config/layers/2/inbound_nodes/0", "7",
     "error: model.json: layer \"shared\": 7 is no node\n"
     "note: the file is damaged, or someone changed it: write it with Keras's save() or to_json()"},
    {"/config/output_layers/0/0", "\"kin\"",
     "error: model.json: output_layers: there is no layer \"kin\"\nnote: did you mean kind?"},
    {"/config/input_layers", "[]",
     "error: model.json: \"input_layers\" names no layers\n"
     "note: the file is damaged, or someone changed it: write it with Keras's save() or to_json()"},
};

TEST(FunctionalJson, WhatIsNotUnderstoodIsRefused) {
  const Json good = must(write_model(siamese()));
  for (const Edit& edit : kEdits) {
    SCOPED_TRACE(edit.pointer);
    Json json = good;
    json[Json::json_pointer(edit.pointer)] = Json::parse(edit.value);
    EXPECT_EQ(error_of(parse_model(json.dump())), edit.error);
  }
}

TEST(FunctionalJson, CallsWithoutMasksAreRead) {
  Json json = must(write_model(siamese()));
  json["config"]["layers"][2]["inbound_nodes"][0]["kwargs"] = {{"mask", nullptr}};
  json["config"]["layers"][3]["inbound_nodes"][0]["kwargs"] = {{"mask", {nullptr, nullptr}}};
  EXPECT_EQ(must(parse_model(json.dump())).nodes.size(), siamese().nodes.size());
}

// Keras 2 wrote nodes as lists of [layer, node, output, options].
TEST(FunctionalJson, FilesOfKeras2AreRead) {
  Json json = must(write_model(siamese()));
  Json& layers = json["config"]["layers"];
  layers[2]["inbound_nodes"] = Json::parse(R"([[["left", 0, 0, {}]], [["right", 0, 0, {}]]])");
  layers[3]["inbound_nodes"] = Json::parse(R"([[["shared", 0, 0, {}], ["shared", 1, 0, {}]]])");
  for (int i : {4, 5}) layers[i]["inbound_nodes"] = Json::parse(R"([[["sum", 0, 0, {}]]])");
  EXPECT_EQ(must(to_json(must(parse_model(json.dump())))), must(to_json(siamese())));
}

}  // namespace
}  // namespace kiln::keras
