// Models that are graphs, trained by native code, against what Keras recorded (record.py says what
// is in a case).
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "frontend/compiler.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "runtime/data/class_weight.h"
#include "runtime/data/dataset.h"
#include "runtime/model/session.h"
#include "runtime/training/fit.h"
#include "tests/test_device.h"

namespace kiln {
namespace {

using keras::Json;
using runtime::Array;

const char* const kFolder = "tests/golden/graphs/data";

template <typename T>
T must(Expected<T> value) {
  if (value) return std::move(*value);
  ADD_FAILURE() << value.error().to_string();
  throw std::runtime_error(value.error().to_string());
}

Array read_array(const Json& json) {
  const auto values = json["values"].get<std::vector<double>>();
  const Array wide =
      runtime::copy_of(KILN_F64, json["shape"].get<std::vector<int64_t>>(), values.data());
  return runtime::convert(wide, json["dtype"] == "int32" ? KILN_I32 : KILN_F32);
}

void expect_near(const Array& actual, const Json& recorded, double tolerance,
                 const std::string& what) {
  const Array expected = read_array(recorded);
  ASSERT_EQ(actual.dims, expected.dims) << what;
  for (int64_t i = 0; i < expected.element_count(); ++i) {
    const double value = expected.as<float>()[i];
    EXPECT_NEAR(actual.as<float>()[i], value, tolerance * std::max(1.0, std::fabs(value)))
        << what << "[" << i << "]";
  }
}

class Graphs : public ::testing::TestWithParam<std::string> {
 protected:
  Graphs() {
    std::ifstream file(std::string(kFolder) + "/" + GetParam() + ".json");
    recorded_ = Json::parse(file);
    for (const auto& [name, array] : recorded_["data"].items())
      data_.train.push_back({name, read_array(array)});
  }

  /// What the steps must take for the case's weights.
  keras::SampleWeights weights() const {
    if (!recorded_["fit"]["class_weight"].empty()) return keras::SampleWeights::per_row;
    keras::SampleWeights kind = keras::SampleWeights::none;
    for (const auto& [name, array] : data_.train) {
      if (!name.starts_with("sample_weight")) continue;
      kind = array.rank() > 1 ? keras::SampleWeights::per_value : keras::SampleWeights::per_row;
    }
    return kind;
  }

  codegen::LoadedCode compile() const {
    const keras::Model model = must(keras::parse_model(recorded_["model"].dump()));
    const auto batch = recorded_["fit"]["batch_size"].get<int64_t>();
    return must(
        compile_in_memory(must(keras::lower(model, {.batch = batch, .sample_weights = weights()})),
                          {.devices = {tests::test_device()}}));
  }

  void set_weights(runtime::Session& session) const {
    const auto weights = session.weights();
    ASSERT_EQ(weights.size(), recorded_["weights"].size());
    for (size_t i = 0; i < weights.size(); ++i) {
      const Array value = read_array(recorded_["weights"][i]);
      ASSERT_EQ(value.bytes(), runtime::byte_count(weights[i]->tensor)) << weights[i]->tensor.name;
      must(session.set_value(*weights[i], value.data()));
    }
  }

  runtime::ClassWeights class_weights() const {
    runtime::ClassWeights result;
    for (const Json& pair : recorded_["fit"]["class_weight"])
      result[pair[0].get<int64_t>()] = pair[1].get<double>();
    return result;
  }

  runtime::FitOptions fit_options() const {
    runtime::FitOptions options;
    options.verbose = 0;
    options.shuffle = false;
    options.epochs = recorded_["fit"]["epochs"].get<int>();
    options.validation_split = recorded_["fit"].value("validation_split", 0.0);
    options.class_weight = class_weights();
    return options;
  }

  void expect_history(const runtime::History& history) const {
    EXPECT_EQ(history.names.size(), recorded_["history"].size());
    for (size_t m = 0; m < history.names.size(); ++m) {
      const std::string& name = history.names[m];
      ASSERT_TRUE(recorded_["history"].contains(name)) << name;
      const auto expected = recorded_["history"][name].get<std::vector<double>>();
      for (size_t epoch = 0; epoch < expected.size(); ++epoch) {
        EXPECT_NEAR(history.values[m][epoch], expected[epoch],
                    2e-5 * std::max(1.0, std::fabs(expected[epoch])))
            << name << ", epoch " << epoch;
      }
    }
  }

  Json recorded_;
  runtime::Dataset data_;
};

TEST_P(Graphs, TrainAsKerasTrainsThem) {
  const codegen::LoadedCode code = compile();
  runtime::Session session =
      must(runtime::Session::create(code.model(), 2, tests::test_device_choice()));
  ASSERT_TRUE(session.initialize(0));
  set_weights(session);
  const runtime::Examples examples = must(adapt(data_, session.model(), nullptr)).train;
  expect_history(must(fit(session, examples, fit_options())));
  for (size_t i = 0; i < session.weights().size(); ++i) {
    const kiln_variable& weight = *session.weights()[i];
    expect_near(must(session.value(weight)), recorded_["after"][i], 2e-5, weight.tensor.name);
  }
  runtime::EvaluateOptions quiet;
  quiet.verbose = 0;
  for (const runtime::Metric& metric : must(evaluate(session, examples, quiet)))
    EXPECT_NEAR(metric.value, recorded_["evaluate"].value(metric.name, NAN), 5e-5) << metric.name;
  const std::vector<Array> outputs = must(predict(session, examples.x));
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::string name = session.model().outputs[i].name;
    expect_near(outputs[i], recorded_["predict"][name], 2e-5, name);
  }
}

// What kiln writes is the same model: same graph, same weights in the same order.
TEST_P(Graphs, AreWrittenAsTheyWereRead) {
  const keras::Model model = must(keras::parse_model(recorded_["model"].dump()));
  const std::string written = must(to_json(model));
  const keras::Model again = must(keras::parse_model(written));
  EXPECT_EQ(must(to_json(again)), written);
  const ir::Module before = must(keras::lower(model, {.batch = 2}));
  const ir::Module after = must(keras::lower(again, {.batch = 2}));
  ASSERT_EQ(before.variables.size(), after.variables.size());
  for (size_t i = 0; i < before.variables.size(); ++i)
    EXPECT_EQ(before.variables[i].name, after.variables[i].name);
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Recorded, Graphs, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace kiln
