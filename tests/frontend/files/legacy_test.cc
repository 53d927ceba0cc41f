// Files of Keras 1 and 2: whole models that tf_keras wrote (make_keras2_data.py) predict what they do
// there, and each old option is what it is called today.
#include <nlohmann/json.hpp>

#include "frontend/keras/files/legacy/modernize.h"
#include "frontend/keras/files/legacy_h5.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/model/graph.h"
#include "tests/frontend/files/running.h"
#include "tests/frontend/files/support.h"

namespace kiln::keras {
namespace {

using runtime::Array;
using runtime::NamedArray;

class Keras2Model : public ::testing::TestWithParam<const char*> {
 protected:
  std::vector<Array> arrays(const std::string& kind) const {
    std::vector<Array> result;
    while (const Array* next = runtime::find_array(arrays_, kind + std::to_string(result.size())))
      result.push_back(*next);
    return result;
  }

  const std::string path_ = data_path(std::string("keras2_") + GetParam());
  const std::vector<NamedArray> arrays_ = must(runtime::load_npz(path_ + ".npz"));
};

void expect_predictions(const SavedModel& saved, const std::vector<Array>& x,
                        const std::vector<Array>& y) {
  Running model(saved, x[0].rows());
  const std::vector<ir::Literal> outputs = model.predict_all(x);
  ASSERT_EQ(outputs.size(), y.size());
  for (size_t i = 0; i < y.size(); ++i) EXPECT_TRUE(near(outputs[i], y[i], 1e-5)) << i;
}

TEST_P(Keras2Model, PredictsAsInKeras2) {
  expect_predictions(must(read_legacy_h5(path_ + ".h5")), arrays("x_"), arrays("y_"));
}

TEST_P(Keras2Model, ComesBackFromKilnsOwnFile) {
  const SavedModel first = must(read_legacy_h5(path_ + ".h5"));
  const std::string path = scratch_path("again.keras");
  must(write_archive(path, first.model, first.weights, first.optimizer));
  const SavedModel second = must(read_archive(path));
  EXPECT_EQ(must(to_json(second.model)), must(to_json(first.model)));
  expect_predictions(second, arrays("x_"), arrays("y_"));
}

INSTANTIATE_TEST_SUITE_P(Files, Keras2Model,
                         ::testing::Values("images", "sequences", "graph", "cells", "cudnn",
                                           "keras1"),
                         [](const auto& info) { return std::string(info.param); });

/// Functions of TensorFlow, each an output of a model.
TEST(Keras2, FunctionsOfTensorFlowAreOperations) {
  const std::string path = data_path("keras2_functions");
  const std::vector<NamedArray> arrays = must(runtime::load_npz(path + ".npz"));
  SavedModel saved;
  saved.model = must(read_model(path + ".json"));
  const Model& model = saved.model;
  Running running(saved, 2);
  std::vector<Array> x;
  for (int i = 0; i < 4; ++i) x.push_back(*runtime::find_array(arrays, "x_" + std::to_string(i)));
  const std::vector<ir::Literal> outputs = running.predict_all(x);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Array* y = runtime::find_array(arrays, "y_" + std::to_string(i));
    ASSERT_NE(y, nullptr);
    EXPECT_TRUE(near(outputs[i], *y, 2e-6))
        << i << ": " << model.layers.at(model.nodes.at(model.outputs[i].node).layer)->name;
  }
}

/// A model of one function of x [2, 3], as Keras 2 writes it.
std::string calling(const std::string& function, const std::string& node) {
  return R"({"class_name":"Functional","keras_version":"2.15.0","config":{"name":"m","layers":[)"
         R"({"class_name":"InputLayer","name":"x","inbound_nodes":[],"config":{"name":"x",)"
         R"("batch_input_shape":[null,2,3],"dtype":"float32"}},)"
         R"({"class_name":"TFOpLambda","name":"f","inbound_nodes":[)" +
         node + R"(],"config":{"name":"f","trainable":true,"dtype":"float32","function":")" +
         function + R"("}}],"input_layers":[["x",0,0]],"output_layers":[["f",0,0]]}})";
}

TEST(Keras2, OtherFunctionsAreRefusedByName) {
  const std::string refused =
      ", which is not supported, or not with these arguments\nnote: write it with layers or with "
      "keras.ops, and save the model again";
  for (const auto& [function, node] :
       {std::pair("raw_ops.Betainc", R"(["x",0,0,{}])"),
        std::pair("math.cumsum", R"(["x",0,0,{"axis":1,"exclusive":true}])"),
        std::pair("reshape", R"(["x",0,0,{"shape":[["x",0,0],["x",0,0]]}])"),
        std::pair("image.resize", R"(["x",0,0,{"size":[2,2],"method":"bicubic"}])"),
        // Of its operands TensorFlow writes none.
        std::pair("einsum", R"(["_CONSTANT_VALUE",-1,"bij->bji",{}])")}) {
    EXPECT_EQ(error_of(parse_model(calling(function, node))),
              "error: model.json: layer \"f\": calls TensorFlow's function \"" +
                  std::string(function) + "\"" + refused);
  }
}

TEST(Keras2, ConvolutionsOfTheanoAreRefused) {
  const Model model = must(read_legacy_h5(data_path("keras2_images.h5"))).model;
  // Of "tensorflow" the file says the length apart.
  std::string bytes = read_bytes(data_path("keras2_images.h5"));
  const size_t at = bytes.find("tensorflow");
  ASSERT_NE(at, std::string::npos);
  for (size_t i = at; i != std::string::npos; i = bytes.find("tensorflow", i))
    bytes.replace(i, 10, std::string("theano\0\0\0\0", 10));
  write_bytes(scratch_path("theano.h5"), bytes);
  EXPECT_NE(error_of(read_h5_weights(model, scratch_path("theano.h5")))
                .find("was written by Keras on Theano"),
            std::string::npos);
}

TEST(Keras2, WeightsAloneFitTheModelByTheirOrder) {
  const SavedModel whole = must(read_legacy_h5(data_path("keras2_images.h5")));
  const SavedWeights alone = must(read_h5_weights(whole.model, data_path("keras2_weights.h5")));
  ASSERT_EQ(alone.weights.size(), whole.weights.size());
  for (const NamedArray& named : alone.weights) {
    const Array& value = *runtime::find_array(whole.weights, named.name);
    EXPECT_TRUE(same({named}, {{named.name, value}})) << named.name;
  }
}

TEST(Keras2, WeightsAreFoundByNameAndSkippedWhereTheyDoNotFit) {
  const SavedModel whole = must(read_legacy_h5(data_path("keras2_images.h5")));
  const std::string path = data_path("keras2_images.h5");
  const SavedWeights all = must(read_h5_weights(whole.model, path, {.by_name = true}));
  EXPECT_EQ(all.weights.size(), whole.weights.size());
  EXPECT_TRUE(all.left.empty());
  EXPECT_FALSE(all.has_optimizer);
  // The layers of another model that are called so, and the others left.
  const Layer& last = *whole.model.layers.back();
  const Sequential other(
      {Input({3}), Dense({.units = 5, .name = "mine"}), Dense({.units = 5, .name = last.name})});
  const SavedWeights some =
      must(read_h5_weights(other, path, {.by_name = true, .skip_mismatch = true}));
  EXPECT_EQ(some.left.size() + some.weights.size(), 4u);
  EXPECT_EQ(some.left.at(0), "mine/kernel");
  EXPECT_NE(error_of(read_h5_weights(other, path, {.by_name = true})), "");
  EXPECT_NE(error_of(read_h5_weights(other, path, {.skip_mismatch = true}))
                .find("the layers of a part are found by their names: --by-name"),
            std::string::npos);
}

TEST(Keras2, TrainingGoesOnFromTheOptimizersState) {
  const SavedModel saved = must(read_legacy_h5(data_path("keras2_images.h5")));
  EXPECT_FALSE(saved.model.unreadable.any());
  EXPECT_TRUE(saved.has_optimizer);
  EXPECT_EQ(saved.model.compile_options->optimizer.get()->class_name(), "Adam");
  const Array* rate = runtime::find_array(saved.optimizer, "optimizer/learning_rate");
  ASSERT_NE(rate, nullptr);
  EXPECT_FLOAT_EQ(rate->as<float>()[0], 0.001F);
}

TEST(Keras2, AStateThatIsPassedOverIsSaid) {
  const std::string path = data_path("keras2_images.h5");
  Model model = must(read_legacy_h5(path)).model;
  EXPECT_EQ(must(read_h5_weights(model, path)).note, "");
  CompileOptions options = *model.compile_options;
  options.optimizer = RMSprop(0.001);
  model.compile(options);
  const SavedWeights saved = must(read_h5_weights(model, path));
  EXPECT_FALSE(saved.has_optimizer);
  EXPECT_EQ(saved.note,
            "the optimizer's state in the file is that of another optimizer: it was not loaded");
}

/// A layer's config of old and of today, written as JSON without what both have.
struct Change {
  const char* class_name;
  const char* before;
  const char* after;
  const char* today = nullptr;  ///< the class, where it is called otherwise
};

const Change kChanges[] = {
    {"InputLayer", R"({"batch_input_shape":[null,4]})", R"({"batch_shape":[null,4]})"},
    {"Dense", R"({"batch_input_shape":[null,4],"units":3})", R"({"units":3})"},
    {"Dense", R"({"output_dim":3,"input_dim":4,"init":"glorot_uniform","bias":true})",
     R"({"units":3,"kernel_initializer":"glorot_uniform","use_bias":true})"},
    {"Dense", R"({"W_regularizer":{"name":"WeightRegularizer","l1":0.0,"l2":0.5}})",
     R"({"kernel_regularizer":{"class_name":"L1L2","config":{"l1":0.0,"l2":0.5}}})"},
    {"Dense", R"({"W_constraint":{"name":"MaxNorm","m":2,"axis":0}})",
     R"({"kernel_constraint":{"class_name":"MaxNorm","config":{"max_value":2,"axis":0}}})"},
    {"Dense",
     R"({"kernel_initializer":{"class_name":"OrthogonalInitializer","config":{"gain":1.0,"dtype":"float32"}}})",
     R"({"kernel_initializer":{"class_name":"Orthogonal","config":{"gain":1.0}}})"},
    {"Dense", R"({"dtype":{"class_name":"Policy","config":{"name":"mixed_float16"}}})",
     R"({"dtype":"mixed_float16"})"},
    {"Dense", R"({"activation":{"class_name":"function","config":"relu"}})",
     R"({"activation":"relu"})"},
    {"Dense", R"({"activation":"hard_sigmoid"})", R"({"activation":"hard_sigmoid_keras_2"})"},
    {"Convolution2D",
     R"({"nb_filter":8,"nb_row":3,"nb_col":5,"subsample":[1,2],"border_mode":"same","dim_ordering":"tf"})",
     R"({"filters":8,"strides":[1,2],"padding":"same","data_format":"channels_last","kernel_size":[3,5]})",
     "Conv2D"},
    {"DepthwiseConv2D", R"({"groups":1,"kernel_initializer":"zeros","depth_multiplier":2})",
     R"({"depth_multiplier":2})"},
    {"DepthwiseConv2D", R"({"groups":2})", R"({"groups":2})"},
    {"BatchNormalization", R"({"axis":[3],"scale":1,"fused":true,"mode":0})",
     R"({"axis":3,"scale":true})"},
    {"LeakyReLU", R"({"alpha":{"type":"ndarray","value":0.3}})", R"({"negative_slope":0.3})"},
    {"ELU", R"({"alpha":0.3})", R"({"alpha":0.3})"},
    {"ThresholdedReLU", R"({"theta":0.5})", R"({"threshold":0.5})", "ReLU"},
    {"Dropout", R"({"p":0.5,"noise_shape":null})", R"({"rate":0.5})"},
    {"Dropout", R"({"noise_shape":[1,2]})", R"({"noise_shape":[1,2]})"},
    {"LSTM",
     R"({"output_dim":3,"inner_activation":"hard_sigmoid","forget_bias_init":"one","dropout_W":0.1,"consume_less":"cpu"})",
     R"({"units":3,"recurrent_activation":"hard_sigmoid_keras_2","dropout":0.1,"unit_forget_bias":true})"},
    {"LSTM", R"({"time_major":false,"implementation":2})", "{}"},
    {"LSTM", R"({"time_major":true})", R"({"time_major":true})"},
    {"GRU", R"({"units":3})", R"({"units":3,"reset_after":false})"},
    {"Embedding", R"({"input_dim":7,"output_dim":3,"input_length":5,"init":"uniform"})",
     R"({"input_dim":7,"output_dim":3,"embeddings_initializer":"uniform"})"},
    {"ZeroPadding2D", R"({"padding":[1,2]})", R"({"padding":[[1,1],[2,2]]})"},
    {"MultiHeadAttention", R"({"num_heads":2,"query_shape":[null,3],"key_shape":null})",
     R"({"num_heads":2})"},
    {"Dense", R"({"nb_units":3})", R"({"nb_units":3})"},
    {"CuDNNGRU", R"({"units":3})", R"({"units":3,"reset_after":true})", "GRU"},
    {"CuDNNLSTM", R"({"units":3})", R"({"units":3})", "LSTM"},
    {"Merge", R"({"name":"m","mode":"concat","mode_type":"raw","concat_axis":1,"dot_axes":-1})",
     R"({"name":"m","axis":1})", "Concatenate"},
    {"Merge", R"({"name":"m","mode":"sum","mode_type":"raw","concat_axis":1})", R"({"name":"m"})",
     "Add"},
    {"Merge", R"({"name":"m","mode":"sum","mode_type":"lambda"})",
     R"({"name":"m","mode":"sum","mode_type":"lambda"})"},
    {"AtrousConvolution2D", R"({"nb_filter":8,"nb_row":3,"nb_col":5,"atrous_rate":[2,2]})",
     R"({"filters":8,"dilation_rate":[2,2],"kernel_size":[3,5]})", "Conv2D"},
    {"Conv2D", R"({"dim_ordering":"th"})", R"({"data_format":"th"})"},
    {"Deconvolution2D", R"({"nb_filter":8})", R"({"nb_filter":8})"},
};

TEST(Keras2, OptionsOfLayersAreTodays) {
  for (const Change& change : kChanges) {
    SCOPED_TRACE(std::string(change.class_name) + change.before);
    Json layer = {{"class_name", change.class_name}, {"config", Json::parse(change.before)}};
    Json model = {{"class_name", "Functional"},
                  {"config", {{"layers", Json::array({layer})}}},
                  {"keras_version", "2.4.0"}};
    legacy::modernize(model);
    const Json& changed = model["config"]["layers"][0];
    EXPECT_EQ(changed["config"].dump(), Json::parse(change.after).dump());
    EXPECT_EQ(changed["class_name"], change.today ? change.today : change.class_name);
  }
}

struct TrainingChange {
  const char* before;
  const char* after;
};

const TrainingChange kTrainingChanges[] = {
    {R"({"optimizer_config":{"class_name":"Custom>Adam","config":{"lr":0.5,"jit_compile":false,"is_legacy_optimizer":false}}})",
     R"({"optimizer":{"class_name":"Adam","config":{"learning_rate":0.5}}})"},
    {R"({"optimizer":{"class_name":"Custom>MyAdam","config":{}}})",
     R"({"optimizer":{"class_name":"Custom>MyAdam","config":{}}})"},
    {R"({"optimizer":{"class_name":"SGD","config":{"learning_rate":0.5,"decay":0.0}}})",
     R"({"optimizer":{"class_name":"SGD","config":{"learning_rate":0.5}}})"},
    {R"({"optimizer":{"class_name":"SGD","config":{"learning_rate":0.5,"decay":0.1}}})",
     R"({"optimizer":{"class_name":"SGD","config":{"learning_rate":{"class_name":"InverseTimeDecay",)"
     R"("config":{"initial_learning_rate":0.5,"decay_steps":1,"decay_rate":0.1,"staircase":false}}}}})"},
    {R"({"loss":{"class_name":"Huber","config":{"reduction":"auto","delta":1.0,"fn":"huber"}}})",
     R"({"loss":{"class_name":"Huber","config":{"reduction":"sum_over_batch_size","delta":1.0}}})"},
    {R"({"loss":{"a":"kullback_leibler_divergence","b":null},"sample_weight_mode":null})",
     R"({"loss":{"a":"kl_divergence","b":null}})"},
    {R"({"metrics":[[{"class_name":"MeanMetricWrapper","config":{"name":"accuracy","fn":"sparse_categorical_accuracy"}}]]})",
     R"({"metrics":[[{"class_name":"SparseCategoricalAccuracy","config":{"name":"accuracy"}}]]})"},
};

TEST(Keras2, ArgumentsOfCompileAreTodays) {
  for (const TrainingChange& change : kTrainingChanges) {
    SCOPED_TRACE(change.before);
    Json model = {{"keras_version", "2.4.0"}, {"compile_config", Json::parse(change.before)}};
    legacy::modernize(model);
    EXPECT_EQ(model["compile_config"].dump(), Json::parse(change.after).dump());
  }
}

/// The input of a Sequential of that config.
std::string input_of(const std::string& layers) {
  const Model model = must(parse_model(R"({"class_name":"Sequential","config":)" + layers +
                                       R"(,"keras_version":"1.2.2"})"));
  const Graph graph = must(build_graph(model));
  return model.layers[0]->name + " " + show_shape(graph.type(model.inputs[0]).shape);
}

TEST(Keras2, ASequentialThatIsAListBeginsWithItsFirstLayersInput) {
  EXPECT_EQ(
      input_of(
          R"([{"class_name":"Dense","config":{"name":"a","batch_input_shape":[null,4],"units":2}}])"),
      "a_input (None, 4)");
  EXPECT_EQ(
      input_of(R"([{"class_name":"Dense","config":{"name":"a","input_dim":4,"output_dim":2}}])"),
      "a_input (None, 4)");
  EXPECT_EQ(
      input_of(
          R"([{"class_name":"Embedding","config":{"name":"e","input_dim":4,"output_dim":2,"input_length":3}}])"),
      "e_input (None, 3)");
  EXPECT_EQ(
      input_of(R"({"name":"s","layers":[{"class_name":"Dense","config":{"name":"a","units":2}}],)"
               R"("build_input_shape":[null,4]})"),
      "a_input (None, 4)");
}

TEST(Keras2, ASequentialThatWasBuiltLaterBeginsWithWhatItWasBuiltFor) {
  EXPECT_EQ(input_of(R"({"name":"s","layers":[{"class_name":"Embedding","config":{"name":"e",)"
                     R"("input_dim":4,"output_dim":2}}],"build_input_shape":[null,3]})"),
            "e_input (None, 3)");
}

TEST(Keras2, ANameThatMeansAnotherFunctionTodayIsTheOldOneInOldFilesAlone) {
  Json today = {
      {"class_name", "Sequential"},
      {"config",
       {{"name", "s"},
        {"layers",
         {{{"class_name", "Activation"}, {"config", {{"activation", "hard_sigmoid"}}}}}}}},
      {"keras_version", "3.0.0"}};
  legacy::modernize(today);
  EXPECT_EQ(today["config"]["layers"][0]["config"]["activation"], "hard_sigmoid");
  EXPECT_FALSE(legacy::is_old(today));
  today["keras_version"] = "2.2.4-tf";
  EXPECT_TRUE(legacy::is_old(today));
}

TEST(Keras2, WhatNoKerasKnowsIsRefused) {
  EXPECT_EQ(
      error_of(parse_model(
          R"({"class_name":"Sequential","config":[{"class_name":"Dense","config":{"name":"a",)"
          R"("batch_input_shape":[null,4],"units":2,"use_bais":true}}]})")),
      "error: model.json: layer \"a\": unknown option \"use_bais\"\nnote: did you mean "
      "use_bias?");
}

}  // namespace
}  // namespace kiln::keras
