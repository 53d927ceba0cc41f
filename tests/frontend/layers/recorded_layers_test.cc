// Every layer against what Keras computed (record.py): outputs, gradients, updated weights; in a
// full batch, and in one with padding at its end, which must count for nothing.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/json.h"
#include "frontend/keras/layers/list.h"
#include "gtest/gtest.h"
#include "ir/builder.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/recorded.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;

/// The array with more rows, which repeat its elements, many times larger where they are floats.
Literal padded(const Json& array, int64_t rows, double factor) {
  ir::Type type = type_of(array);
  const int64_t count = type.count();
  type.shape[0] += rows;
  const auto values = array["values"].get<std::vector<double>>();
  Literal literal(type);
  for (int64_t i = 0; i < type.count(); ++i) {
    const double value = values[static_cast<size_t>(i % count)];
    literal.set(i, i < count || !ir::is_float(type.element) ? value : factor * value);
  }
  return literal;
}

/// The first elements of a literal are those values.
::testing::AssertionResult begins_with(const Literal& actual, const Json& expected,
                                       double tolerance) {
  const auto values = expected["values"].get<std::vector<double>>();
  const int64_t count = static_cast<int64_t>(values.size());
  if (actual.type().count() < count)
    return ::testing::AssertionFailure() << "too few elements: " << actual.type().to_string();
  Literal beginning({actual.type().element, {count}});
  for (int64_t i = 0; i < count; ++i) beginning.copy_element(i, actual, i);
  return near(beginning, values, tolerance);
}

LayerPointer layer_of(const Json& json) {
  LayerPointer layer =
      must(read_layer(json["class_name"].get<std::string>(), json["config"], "case"));
  if (json.contains("last")) {
    const std::string last[] = {json["last"].get<std::string>()};
    layer->call_has(json["inputs"].size() - 1, last);
  }
  for (const auto& [option, value] : json["call"].items())
    EXPECT_TRUE(layer->set_call_option(option, value)) << option;
  EXPECT_EQ(layer->call_options(), json["call"]);
  return layer;
}

/// What the model makes of a layer: nothing of a frozen one is trainable.
LayerBuild built(const Layer& layer, std::span<const LayerInput> inputs) {
  LayerBuild build = must(layer.build(inputs));
  for (WeightSpec& weight : build.weights) weight.trainable = weight.trainable && layer.trainable;
  return build;
}

/// A case's layer in ops.
class Replay {
 public:
  Replay(const Json& json, int64_t padding) : json_(json), padding_(padding) {
    layer_ = layer_of(json);
    std::vector<LayerInput> inputs;
    for (const Json& array : json["inputs"]) {
      arguments_.push_back(padded(array, padding, 7));
      inputs.push_back({arguments_.back().type(), "input"});
    }
    build_ = built(*layer_, inputs);
    size_t recorded = 0;
    for (const WeightSpec& weight : build_.weights) {
      arguments_.push_back(weight.is_weight() ? literal_of(json["weights"].at(recorded++))
                                              : Literal(weight.type));
    }
    for (const Json& mask : masks(json)) {
      if (!mask.is_null()) arguments_.push_back(padded(mask, padding, 1));
    }
  }

  /// Compares with the results of a run.
  void expect(const Json& run, bool training) const {
    SCOPED_TRACE(fmt::format("training: {}, padding: {} rows", training, padding_));
    const std::vector<Literal> results = evaluate(
        arguments_, [&](const std::vector<Tensor>& tensors) { return call(tensors, training); });
    size_t at = 0;
    for (auto kind : {"outputs", "masks", "input_gradients", "weight_gradients", "non_trainable"}) {
      for (const Json& expected : run.value(kind, Json::array())) {
        ASSERT_LT(at, results.size()) << kind;
        EXPECT_TRUE(begins_with(results[at], expected, 1e-5)) << kind << ", result " << at;
        ++at;
      }
    }
    EXPECT_EQ(at, results.size());
  }

 private:
  std::vector<Tensor> call(const std::vector<Tensor>& tensors, bool training) const {
    ir::Builder& builder = *tensors[0].builder;
    const size_t input_count = json_["inputs"].size();
    std::vector<Signal> inputs;
    for (size_t i = 0; i < input_count; ++i) inputs.push_back({tensors[i], {}});
    size_t next = input_count + build_.weights.size();
    const Json masks_of_inputs = masks(json_);
    for (size_t i = 0; i < masks_of_inputs.size(); ++i) {
      if (!masks_of_inputs[i].is_null()) inputs[i].mask = compare(tensors[next++], "NE", 0.0);
    }
    WeightValues weights;
    for (size_t i = 0; i < build_.weights.size(); ++i)
      weights.values.emplace(build_.weights[i].name, tensors[input_count + i]);
    CallContext context{builder, weights, training, real_rows(builder), row_count(builder)};
    const std::vector<Signal> outputs = call_layer(*layer_, context, inputs);

    std::vector<Tensor> results;
    for (const Signal& output : outputs) results.push_back(output.tensor);
    if (json_["runs"][0].contains("masks")) {
      for (const Signal& output : outputs) results.push_back(mask_of(output));
    }
    const std::vector<Tensor> sources = differentiable(tensors, context);
    const bool has_derivatives = json_["runs"][0].contains("input_gradients");
    if (!sources.empty() && has_derivatives) {
      const std::vector<Tensor> gradients = gradient(weighed_sum(outputs), sources);
      results.insert(results.end(), gradients.begin(), gradients.end());
    }
    for (const WeightSpec& weight : build_.weights) {
      if (!weight.trainable && weight.is_weight()) results.push_back(context.weight(weight.name));
    }
    return results;
  }

  /// Of the first inputs: an array, or null where there is none.
  static Json masks(const Json& json) {
    if (!json.contains("mask")) return Json::array();
    return json["mask"].is_array() ? json["mask"] : Json::array({json["mask"]});
  }

  /// An output's mask as numbers; empty where it has none.
  static Tensor mask_of(const Signal& output) {
    if (output.mask) return convert(output.mask, ir::ElementType::i32);
    return output.tensor.builder->constant(0, {ir::ElementType::i32, {0}});
  }

  /// The float inputs, then the trainable weights: the values that the layer gave them, if any.
  std::vector<Tensor> differentiable(const std::vector<Tensor>& tensors,
                                     const CallContext& context) const {
    std::vector<Tensor> sources;
    for (size_t i = 0; i < json_["inputs"].size(); ++i) {
      if (ir::is_float(tensors[i].type().element)) sources.push_back(tensors[i]);
    }
    for (const WeightSpec& weight : build_.weights) {
      if (weight.trainable) sources.push_back(context.weight(weight.name));
    }
    return sources;
  }

  Tensor weighed_sum(const std::vector<Signal>& outputs) const {
    Tensor total;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const Tensor y = outputs[i].tensor;
      const Tensor weighed =
          sum(y * y.builder->constant(padded(json_["upstream"][i], padding_, 0)));
      total = total ? total + weighed : weighed;
    }
    return total;
  }

  int64_t real_count() const { return json_["inputs"][0]["shape"][0].get<int64_t>(); }

  Tensor real_rows(ir::Builder& builder) const {
    Literal real({ir::ElementType::i1, {real_count() + padding_}});
    for (int64_t i = 0; i < real_count(); ++i) real.set_int(i, 1);
    return builder.constant(std::move(real));
  }
  Tensor row_count(ir::Builder& builder) const {
    return builder.scalar(static_cast<double>(real_count()));
  }

  const Json& json_;
  int64_t padding_;
  LayerPointer layer_;
  LayerBuild build_;
  std::vector<Literal> arguments_;  ///< the inputs, then the weights, then the masks
};

class RecordedLayer : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedLayer, ComputesWhatKerasDoes) {
  const Json& json = GetParam().json;
  SCOPED_TRACE(json["config"].dump());
  for (const int64_t padding : {0, 2}) {
    const Replay replay(json, padding);
    for (const Json& run : json["runs"]) {
      for (const bool training : {false, true}) {
        if (run["training"].is_null() || run["training"] == training) replay.expect(run, training);
      }
    }
  }
}

TEST_P(RecordedLayer, HasKerasWeightsAndShapes) {
  const Json& json = GetParam().json;
  SCOPED_TRACE(json["config"].dump());
  const LayerPointer layer = layer_of(json);
  std::vector<LayerInput> inputs;
  for (const Json& array : json["inputs"]) {
    inputs.push_back({type_of(array), "input"});
    inputs.back().type.shape[0] = kNone;
  }
  const LayerBuild build = built(*layer, inputs);
  Json weights = Json::array(), shapes = Json::array();
  for (const WeightSpec& weight : build.weights) {
    if (weight.is_weight()) weights.push_back({weight.name, weight.type.shape, weight.trainable});
  }
  for (const ir::Type& output : build.outputs) {
    shapes.push_back(output.shape);
    if (shapes.back()[0] == kNone) shapes.back()[0] = nullptr;
  }
  Json expected_weights = Json::array();
  for (const Json& weight : json["weights"])
    expected_weights.push_back({weight["path"], weight["shape"], weight["trainable"]});
  EXPECT_EQ(weights.dump(), expected_weights.dump());
  EXPECT_EQ(shapes.dump(), json["output_shapes"].dump());
}

TEST_P(RecordedLayer, WritesItsConfigAsKeras) {
  const Json& json = GetParam().json;
  const LayerPointer layer = layer_of(json);
  // The order of keys means nothing.
  EXPECT_EQ(nlohmann::json(write_layer_config(*layer)), nlohmann::json(json["config"]));
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedLayer,
                         ::testing::ValuesIn(recorded_folder("tests/frontend/layers/data")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
