// Every operation against what Keras computed (record.py): whole functional models, their types,
// outputs and derivatives; and that kiln writes them back as Keras did.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json_text.h"
#include "frontend/keras/model/forward.h"
#include "frontend/keras/model/graph.h"
#include "frontend/keras/operations/element_types.h"
#include "gtest/gtest.h"
#include "ir/builder.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/recorded.h"
#include "tests/test_device.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;

/// Equal within `tolerance`, relative or absolute; NaN is NaN, infinities are themselves.
::testing::AssertionResult agrees(const Literal& actual, const Json& expected, double tolerance) {
  const std::vector<double> values = values_of(expected);
  if (actual.type().count() != static_cast<int64_t>(values.size()))
    return ::testing::AssertionFailure() << actual.type().to_string();
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = actual.get(static_cast<int64_t>(i));
    if (std::isnan(value) && std::isnan(values[i])) continue;
    if (value == values[i]) continue;
    if (std::fabs(value - values[i]) <= tolerance * std::max(1.0, std::fabs(values[i]))) continue;
    return ::testing::AssertionFailure()
           << "element " << i << " is " << value << ", expected " << values[i];
  }
  return ::testing::AssertionSuccess();
}

class RecordedOperation : public ::testing::TestWithParam<Recorded> {
 protected:
  const Json& json() const { return GetParam().json; }
  Model model() const { return must(parse_model(write_json(json()["model"]), "case")); }
};

/// Its types. Truth values are no outputs of a model, but operations have them.
Graph graph_of(Model model) {
  model.outputs.clear();
  return must(build_graph(model));
}

/// The outputs, then the derivatives of those that are floats, weighed.
std::vector<Tensor> results_of(const Model& model, const Json& json,
                               const std::vector<Tensor>& inputs) {
  std::vector<Signal> arguments;
  for (const Tensor& input : inputs) arguments.push_back({input});
  WeightValues weights;
  CallContext context{*inputs[0].builder, weights, false, {}, {}};
  std::vector<Tensor> results, sources;
  for (const Signal& output : forward(model, context, arguments)) results.push_back(output.tensor);
  for (const Tensor& input : inputs) {
    if (ir::is_float(input.type().element)) sources.push_back(input);
  }
  if (!json.contains("gradients")) return results;
  Tensor total;
  for (size_t i = 0; i < json["upstream"].size(); ++i) {
    if (json["upstream"][i].is_null()) continue;
    const Tensor y = convert(results[i], ir::ElementType::f32);
    const Tensor weighed = sum(y * y.builder->constant(literal_of(json["upstream"][i])));
    total = total ? total + weighed : weighed;
  }
  // No float depends on the inputs.
  if (!total) return results;
  const std::vector<Tensor> gradients = gradient(total, sources);
  results.insert(results.end(), gradients.begin(), gradients.end());
  return results;
}

TEST_P(RecordedOperation, ComputesWhatKerasDoes) {
  SCOPED_TRACE(json()["expression"]);
  const bool has_halves = json().dump().find("float16") != std::string::npos;
  if (has_halves && !tests::test_device_has(ir::ElementType::f16))
    GTEST_SKIP() << "the device has no 16-bit floats";
  const Model model = this->model();
  std::vector<Literal> inputs;
  for (const Json& array : json()["inputs"]) inputs.push_back(literal_of(array));
  const std::vector<Literal> results = evaluate(inputs, [&](const std::vector<Tensor>& tensors) {
    return results_of(model, json(), tensors);
  });
  const Json& outputs = json()["outputs"];
  ASSERT_GE(results.size(), outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(results[i].type().to_string(), type_of(outputs[i]).to_string());
    const bool is_half = outputs[i]["dtype"] == "float16";
    EXPECT_TRUE(agrees(results[i], outputs[i], is_half ? 1e-3 : 1e-5)) << "output " << i;
  }
  for (size_t i = outputs.size(); i < results.size(); ++i) {
    EXPECT_TRUE(agrees(results[i], json()["gradients"][i - outputs.size()], 2e-5))
        << "gradient " << i - outputs.size();
  }
}

TEST_P(RecordedOperation, HasKerasTypesAndShapes) {
  SCOPED_TRACE(json()["expression"]);
  const Model model = this->model();
  const Graph graph = graph_of(model);
  const std::vector<NodeOutput>& outputs = model.outputs;
  const Json& expected = json()["output_types"];
  ASSERT_EQ(outputs.size(), expected.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const ir::Type& type = graph.type(outputs[i]);
    Json shape = Json::array();
    for (int64_t extent : type.shape) shape.push_back(extent == kNone ? Json() : Json(extent));
    EXPECT_EQ(dtype_name(type.element), expected[i][0].get<std::string>());
    EXPECT_EQ(shape.dump(), expected[i][1].dump());
  }
}

TEST_P(RecordedOperation, IsWrittenAsByKeras) {
  SCOPED_TRACE(json()["expression"]);
  const Model model = this->model();
  for (const NodeOutput& output : model.outputs) {
    if (graph_of(model).type(output).element == ir::ElementType::i1)
      GTEST_SKIP() << "truth values are no outputs of a model";
  }
  const Json written = must(write_model_config(model, ConfigKind::file));
  // The order of keys means nothing.
  EXPECT_EQ(nlohmann::json(written["layers"]), nlohmann::json(json()["model"]["config"]["layers"]));
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedOperation,
                         ::testing::ValuesIn(recorded_folder("tests/frontend/operations/data",
                                                             {"names"})),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
