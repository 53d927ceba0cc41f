// .weights.h5: Keras's layout, strict checks, the optimizer's state.
#include "frontend/keras/files/weights_h5.h"

#include "frontend/keras/files/hdf5_writer.h"
#include "frontend/keras/files/layout.h"
#include "frontend/keras/files/legacy_h5.h"
#include "frontend/keras/layers/layers.h"
#include "tests/frontend/files/support.h"

namespace kiln::keras {
namespace {

using runtime::NamedArray;

std::string written(const Model& model,
                    const std::vector<NamedArray>& optimizer = small_adam_state()) {
  const std::string path = scratch_path("written.weights.h5");
  must(write_weights_h5(path, model, small_weights(), optimizer));
  return path;
}

/// A file of these groups.
std::string made_of(const std::vector<Hdf5Group>& groups) {
  const std::vector<std::byte> bytes = must(write_hdf5("made", groups));
  const std::string path = scratch_path("made.weights.h5");
  write_bytes(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return path;
}

/// The groups of small_mlp()'s layers.
std::vector<Hdf5Group> small_groups() {
  const auto weights = small_weights();
  return {{"layers/dense/vars", "first", {weights[0].array, weights[1].array}},
          {"layers/dense_1/vars", "second", {weights[2].array, weights[3].array}}};
}

std::vector<std::string> names(const std::vector<NamedArray>& arrays) {
  std::vector<std::string> result;
  for (const NamedArray& named : arrays) result.push_back(named.name);
  return result;
}

TEST(Layout, GroupsAreNumberedClasses) {
  const SavedLayout layout = must(saved_layout(small_mlp()));
  std::vector<std::string> groups;
  for (const SavedObject& object : layout.objects) groups.push_back(object.variables_group());
  EXPECT_EQ(groups, (std::vector<std::string>{"vars", "layers/dense/vars", "layers/flatten/vars",
                                              "layers/dense_1/vars"}));
  EXPECT_EQ(layout.objects[3].name, "second");
  EXPECT_EQ(layout.optimizer->variables_group(), "optimizer/vars");
}

/// A layer of any class with weights of any names.
class AnyClass : public Layer {
 public:
  AnyClass(std::string class_name, std::string layer_name, std::vector<std::string> weights)
      : class_name_(std::move(class_name)), weights_(std::move(weights)) {
    name = std::move(layer_name);
  }
  std::string_view class_name() const override { return class_name_; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override {
    LayerBuild build;
    for (const std::string& weight : weights_) {
      build.weights.push_back({weight, {ir::ElementType::f32, {2}}, "Zeros"});
    }
    build.outputs = {inputs[0].type};
    return build;
  }
  std::vector<Signal> call(CallContext&, std::span<const Signal> inputs) const override {
    return {inputs.begin(), inputs.end()};
  }

 private:
  std::string class_name_;
  std::vector<std::string> weights_;
};

/// "GROUP: VARIABLE VARIABLE" for every object.
std::vector<std::string> described(const SavedLayout& layout) {
  std::vector<std::string> lines;
  for (const SavedObject& object : layout.objects) {
    std::string line = object.variables_group() + ":";
    for (const SavedVariable& variable : object.variables) line += " " + variable.name;
    lines.push_back(line);
  }
  return lines;
}

Sequential spectral_model() { return Sequential({Input({2}), SpectralNormalization(Dense(1))}); }

/// As Keras lays them out: shared/golden/lstm_adam, and a Bidirectional layer saved by Keras.
TEST(Layout, PartsOfALayerHaveGroupsOfTheirOwn) {
  const Sequential model({Input({2}), AnyClass("LSTM", "a", {"cell/kernel", "cell/bias"}),
                          AnyClass("Bidirectional", "b",
                                   {"forward_layer/cell/kernel", "backward_layer/cell/kernel"})});
  EXPECT_EQ(described(must(saved_layout(model))),
            (std::vector<std::string>{
                "vars:", "layers/lstm/vars:", "layers/lstm/cell/vars: a/cell/kernel a/cell/bias",
                "layers/bidirectional/vars:",
                "layers/bidirectional/forward_layer/cell/vars: b/forward_layer/cell/kernel",
                "layers/bidirectional/backward_layer/cell/vars: b/backward_layer/cell/kernel"}));
}

/// As Keras lays it out: data/spectral.keras.
TEST(Layout, ANormalizedKernelIsInItsLayerAndInTheOneAround) {
  EXPECT_EQ(described(must(saved_layout(spectral_model()))),
            (std::vector<std::string>{
                "vars:",
                "layers/spectral_normalization/vars: spectral_normalization/dense/kernel "
                "spectral_normalization/vector_u",
                "layers/spectral_normalization/layer/vars: spectral_normalization/dense/kernel "
                "spectral_normalization/dense/bias"}));
}

TEST(Layout, OnlyFunctionalModelsCountTheirInputs) {
  Model model = small_mlp();
  model.class_name = "Functional";
  EXPECT_EQ(described(must(saved_layout(model)))[1], "layers/input_layer/vars:");
}

TEST(WeightsH5, ReadsWhatKerasWrote) {
  const SavedWeights saved = must(read_weights_h5(small_mlp(), data_path("mlp.weights.h5")));
  EXPECT_EQ(names(saved.weights), names(small_weights()));
  EXPECT_EQ(names(saved.optimizer), names(small_adam_state()));
  EXPECT_TRUE(saved.has_optimizer);
  EXPECT_EQ(saved.optimizer[0].array.as<int64_t>()[0], 3);
  EXPECT_FLOAT_EQ(saved.optimizer[1].array.as<float>()[0], 0.01F);
}

TEST(WeightsH5, ReadsWhatItWrites) {
  const SavedWeights saved = must(read_weights_h5(small_mlp(), written(small_mlp())));
  EXPECT_TRUE(same(saved.weights, small_weights()));
  EXPECT_TRUE(same(saved.optimizer, small_adam_state()));
  EXPECT_TRUE(saved.has_optimizer);
}

TEST(WeightsH5, TheSameValuesGiveTheSameBytes) {
  const std::string first = read_bytes(written(small_mlp()));
  EXPECT_EQ(read_bytes(written(small_mlp())), first);
}

TEST(WeightsH5, WithoutStateAFreshOptimizerIsWritten) {
  const SavedWeights saved = must(read_weights_h5(small_mlp(), written(small_mlp(), {})));
  EXPECT_EQ(names(saved.optimizer), names(small_adam_state()));
  EXPECT_EQ(saved.optimizer[0].array.as<int64_t>()[0], 0);
  EXPECT_FLOAT_EQ(saved.optimizer[1].array.as<float>()[0], 0.01F);
  EXPECT_EQ(saved.optimizer[2].array.as<float>()[1], 0);
}

TEST(WeightsH5, AFrozenLayerHasNoSlots) {
  Model model = small_mlp();
  model.layers[1]->trainable = false;
  std::vector<NamedArray> state = small_adam_state();
  state.erase(state.begin() + 2, state.begin() + 6);
  const std::string path = scratch_path("frozen.weights.h5");
  must(write_weights_h5(path, model, small_weights(), state));
  EXPECT_TRUE(same(must(read_weights_h5(model, path)).optimizer, state));
}

TEST(WeightsH5, AModelThatWasNotCompiledHasNoOptimizer) {
  Model model = small_mlp();
  model.compile_options.reset();
  EXPECT_FALSE(must(read_weights_h5(model, data_path("mlp.weights.h5"))).has_optimizer);
  const SavedWeights plain = must(read_weights_h5(small_mlp(), data_path("plain.weights.h5")));
  EXPECT_FALSE(plain.has_optimizer);
  EXPECT_EQ(plain.note, "");
}

TEST(WeightsH5, AnotherOptimizersStateIsPassedOverWithANote) {
  const auto note = [](const Model& model) {
    const SavedWeights saved = must(read_weights_h5(model, data_path("mlp.weights.h5")));
    EXPECT_FALSE(saved.has_optimizer);
    EXPECT_TRUE(saved.optimizer.empty());
    return saved.note;
  };
  EXPECT_NE(note(small_mlp(SGD(0.1))).find("is of Adam, the model has SGD"), std::string::npos);
  Adam amsgrad;
  amsgrad.amsgrad = true;
  EXPECT_NE(note(small_mlp(amsgrad)).find("has 10 variables, that of the model 14"),
            std::string::npos);
}

TEST(WeightsH5, StatesOfOneShapeAreToldApartByTheOptimizersName) {
  SGD momentum(0.1);
  momentum.momentum = 0.9;
  const std::string path = scratch_path("other.weights.h5");
  const auto note = [&](OptimizerChoice writer, OptimizerChoice reader) {
    must(write_weights_h5(path, small_mlp(std::move(writer)), small_weights(), {}));
    return must(read_weights_h5(small_mlp(std::move(reader)), path)).note;
  };
  EXPECT_NE(note(momentum, RMSprop(0.1)).find("is of SGD, the model has RMSprop"),
            std::string::npos);
  EXPECT_NE(note(RMSprop(0.1), momentum).find("is of RMSprop, the model has SGD"),
            std::string::npos);
  EXPECT_NE(note(AdamW(0.1), Adam(0.1)).find("is of AdamW, the model has Adam"), std::string::npos);
  EXPECT_EQ(note(RMSprop(0.1), RMSprop(0.2)), "");
}

TEST(WeightsH5, AMissingLayerIsAnError) {
  std::vector<Hdf5Group> groups = small_groups();
  groups.pop_back();
  const std::string error = error_of(read_weights_h5(small_mlp(), made_of(groups)));
  EXPECT_NE(
      error.find("layer \"second\": the file has no \"layers/dense_1/vars/0\" for second/kernel"),
      std::string::npos)
      << error;
}

TEST(WeightsH5, AnExtraLayerIsAnError) {
  std::vector<Hdf5Group> groups = small_groups();
  groups.push_back({"layers/dense_2/vars", "third", {floats({1}, {1})}});
  const std::string error = error_of(read_weights_h5(small_mlp(), made_of(groups)));
  EXPECT_NE(
      error.find("the model has nothing for the file's \"layers/dense_2/vars/0\", layer \"third\""),
      std::string::npos)
      << error;
}

TEST(WeightsH5, AnotherShapeIsAnError) {
  std::vector<Hdf5Group> groups = small_groups();
  groups[0].members[0] = groups[0].members[0].reshape({5, 4});
  const std::string error = error_of(read_weights_h5(small_mlp(), made_of(groups)));
  EXPECT_NE(error.find("layer \"first\": \"layers/dense/vars/0\" for first/kernel is 5x4xf32, the "
                       "model has 4x5xf32"),
            std::string::npos)
      << error;
}

TEST(WeightsH5, AnotherTypeIsConvertedOrAnError) {
  std::vector<Hdf5Group> groups = small_groups();
  groups[1].members[1] = runtime::convert(groups[1].members[1], KILN_F64);
  EXPECT_TRUE(same(must(read_weights_h5(small_mlp(), made_of(groups))).weights, small_weights()));
  groups[1].members[1] = runtime::convert(groups[1].members[1], KILN_I32);
  EXPECT_NE(
      error_of(read_weights_h5(small_mlp(), made_of(groups))).find("is not of a type of numbers"),
      std::string::npos);
}

TEST(WeightsH5, OfAWeightThatIsThereTwiceTheSecondIsTakenWhereOneFits) {
  const auto fitting = [](const runtime::Array& outer, const runtime::Array& inner) {
    const std::string group = "layers/spectral_normalization/";
    const std::string path = made_of({{group + "vars", "outer", {outer, floats({1, 1}, {5})}},
                                      {group + "layer/vars", "inner", {inner, floats({1}, {6})}}});
    return must(read_h5_weights(spectral_model(), path, {.skip_mismatch = true}));
  };
  const std::string name = "spectral_normalization/dense/";
  const SavedWeights both = fitting(floats({2, 1}, {1, 2}), floats({2, 1}, {3, 4}));
  EXPECT_EQ(both.weights.size(), 3u);
  EXPECT_TRUE(both.left.empty());
  const NamedArray inner{name + "kernel", floats({2, 1}, {3, 4})};
  EXPECT_TRUE(same({{inner.name, *runtime::find_array(both.weights, inner.name)}}, {inner}));
  const SavedWeights none = fitting(floats({1, 1}, {1}), floats({1, 1}, {2}));
  EXPECT_EQ(none.weights.size(), 0u);
  EXPECT_EQ(none.left, (std::vector<std::string>{name + "kernel", "spectral_normalization/vector_u",
                                                 name + "bias"}));
}

TEST(WeightsH5, OnlyCompleteValuesAreWritten) {
  const std::string path = scratch_path("incomplete.weights.h5");
  std::vector<NamedArray> weights = small_weights();
  weights.pop_back();
  EXPECT_NE(error_of(write_weights_h5(path, small_mlp(), weights, {}))
                .find("no values for \"second/bias\""),
            std::string::npos);
  weights.push_back({"second/bias", floats({2}, {1, 2})});
  EXPECT_NE(error_of(write_weights_h5(path, small_mlp(), weights, {}))
                .find("are 2xf32, the model has 3xf32"),
            std::string::npos);
  weights.back() = {"second/other", floats({3}, {1, 2, 3})};
  EXPECT_NE(error_of(write_weights_h5(path, small_mlp(), weights, {}))
                .find("no variable \"second/other\""),
            std::string::npos);
  EXPECT_EQ(read_bytes(path), "");
}

}  // namespace
}  // namespace kiln::keras
