// Keras's golden cases through the whole compiler: native code, the runtime's own fit, evaluate and
// predict. (tests/frontend/golden_test.cc runs them through the interpreter.)
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "frontend/compiler.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "runtime/data/dataset.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"
#include "runtime/training/fit.h"
#include "tests/frontend/golden.h"
#include "tests/test_device.h"

namespace kiln {
namespace {

template <typename T>
T must(Expected<T> value) {
  if (!value) {
    ADD_FAILURE() << value.error().to_string();
    throw std::runtime_error(value.error().to_string());
  }
  return std::move(*value);
}

void must(const Status& status) { ASSERT_TRUE(status) << status.error().to_string(); }

/// A case's model, compiled, with its initial weights.
class CompiledCase {
 public:
  explicit CompiledCase(const std::string& name, int threads)
      : name_(name),
        config_(keras::Json::parse(keras::golden_text(name, "case.json"))),
        data_(keras::golden_arrays(name, "data.npz")),
        expected_(keras::golden_arrays(name, "expected.npz")),
        batch_(config_["batch"].get<int64_t>()),
        code_(compile(name)),
        session_(
            must(runtime::Session::create(code_.model(), threads, tests::test_device_choice()))) {
    restart();
    examples_ = must(runtime::adapt({data_}, session_.model(), nullptr)).train;
  }

  void restart() {
    must(session_.initialize(1));
    const auto initial = keras::golden_arrays(name_, "initial.npz");
    const auto weights = session_.weights();
    ASSERT_EQ(weights.size(), initial.size());
    for (size_t i = 0; i < weights.size(); ++i)
      must(session_.set_value(*weights[i], initial[i].array.data()));
  }

  double train_step(int64_t begin) {
    if (!step_)
      step_ = must(runtime::FunctionCall::create(session_, *session_.find_function("train_step")));
    must(step_->begin());
    copy_rows(examples_.x[0], begin, 0);
    copy_rows(examples_.y[0], begin, 1);
    const auto count = static_cast<int32_t>(batch_);
    std::memcpy(step_->input(2), &count, sizeof count);
    must(step_->run());
    must(step_->fetch());
    float loss = 0;
    std::memcpy(&loss, must(step_->outputs(steps_++)) + step_->output_offset(0), sizeof loss);
    return loss;
  }

  void expect_weights(const std::string& prefix, double tolerance) {
    const auto weights = session_.weights();
    for (size_t i = 0; i < weights.size(); ++i) {
      const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
      const runtime::Array& expected = array(prefix + "_w" + number);
      const runtime::Array trained = must(session_.value(*weights[i]));
      const auto* actual = trained.as<float>();
      double worst = 0;
      for (int64_t e = 0; e < expected.element_count(); ++e) {
        worst = std::max<double>(worst, std::fabs(actual[e] - expected.as<float>()[e]));
      }
      EXPECT_LE(worst, tolerance) << prefix << ": " << weights[i]->tensor.name;
    }
  }

  void expect_predictions(const std::string& expected_name, double tolerance) {
    const runtime::Array actual =
        must(runtime::predict(session_, examples_.slice_rows(0, batch_).x))[0];
    const runtime::Array& expected = array(expected_name);
    for (int64_t e = 0; e < expected.element_count(); ++e) {
      ASSERT_NEAR(actual.as<float>()[e], expected.as<float>()[e], tolerance)
          << expected_name << "[" << e << "]";
    }
  }

  const runtime::Array& array(const std::string& name) const {
    return keras::array_of(expected_, name);
  }
  const keras::Json& config() const { return config_; }
  const runtime::Examples& examples() const { return examples_; }
  runtime::Session& session() { return session_; }
  int64_t batch() const { return batch_; }

 private:
  codegen::LoadedCode compile(const std::string& name) const {
    const keras::Model model = must(keras::parse_model(keras::golden_text(name, "model.json")));
    return must(compile_in_memory(must(keras::lower(model, {.batch = batch_})),
                                  {.devices = {tests::test_device()}}));
  }

  void copy_rows(const runtime::Array& source, int64_t begin, size_t input) {
    const runtime::Array rows = source.slice_rows(begin, begin + batch_);
    std::memcpy(step_->input(input), rows.data(), static_cast<size_t>(rows.bytes()));
  }

  std::string name_;
  keras::Json config_;
  std::vector<runtime::NamedArray> data_, expected_;
  int64_t batch_;
  codegen::LoadedCode code_;
  runtime::Session session_;
  runtime::Examples examples_;
  std::optional<runtime::FunctionCall> step_;
  int64_t steps_ = 0;
};

/// Element `i` of an array of f32 or f64.
double number(const runtime::Array& array, int64_t i) {
  return array.type == KILN_F64 ? array.as<double>()[i] : array.as<float>()[i];
}

class CompiledGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(CompiledGolden, StepsAreKerasSteps) {
  KILN_NEEDS_GOLDEN();
  CompiledCase model(GetParam(), 2);
  model.expect_predictions("predict_before", 1e-5);
  const runtime::Array& losses = model.array("step_loss");
  for (int64_t i = 0; i < losses.rows(); ++i) {
    const int64_t begin = i * model.batch() % (model.examples().rows() - model.batch() + 1);
    const double expected = number(losses, i);
    EXPECT_NEAR(model.train_step(begin), expected, 1e-4 * std::fabs(expected)) << "step " << i;
  }
  model.expect_weights("after_steps", 1e-4);
  model.expect_predictions("predict_after_steps", 1e-4);
}

TEST_P(CompiledGolden, FitIsKerasFit) {
  KILN_NEEDS_GOLDEN();
  CompiledCase model(GetParam(), 1);
  runtime::FitOptions options;
  options.verbose = 0;
  options.epochs = model.config()["epochs"].get<int>();
  options.shuffle = false;
  options.validation_split = 0.2;
  const runtime::History history = must(runtime::fit(model.session(), model.examples(), options));
  for (size_t m = 0; m < history.names.size(); ++m) {
    const runtime::Array& expected = model.array("history_" + history.names[m]);
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
      const double value = number(expected, epoch);
      EXPECT_NEAR(history.values[m][static_cast<size_t>(epoch)], value,
                  1e-3 * std::max(1.0, std::fabs(value)))
          << history.names[m] << ", epoch " << epoch;
    }
  }
  model.expect_weights("after_fit", 1e-3);
  runtime::EvaluateOptions quiet;
  quiet.verbose = 0;
  for (const runtime::Metric& metric :
       must(runtime::evaluate(model.session(), model.examples(), quiet))) {
    const runtime::Array& expected = model.array("evaluate_" + metric.name);
    const double value = number(expected, 0);
    EXPECT_NEAR(metric.value, value, 1e-3 * std::max(1.0, std::fabs(value))) << metric.name;
  }
}

TEST_P(CompiledGolden, SameBitsOnAnyNumberOfThreads) {
  KILN_NEEDS_GOLDEN();
  CompiledCase first(GetParam(), 2);
  CompiledCase again(GetParam(), 2);
  CompiledCase alone(GetParam(), 1);
  for (int i = 0; i < 3; ++i) {
    const double loss = first.train_step(i * first.batch());
    EXPECT_EQ(again.train_step(i * first.batch()), loss);
    EXPECT_EQ(alone.train_step(i * first.batch()), loss);
  }
  EXPECT_EQ(must(first.session().snapshot()), must(again.session().snapshot()));
  EXPECT_EQ(must(first.session().snapshot()), must(alone.session().snapshot()));
}

INSTANTIATE_TEST_SUITE_P(Cases, CompiledGolden, ::testing::ValuesIn(keras::golden_cases()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace kiln
