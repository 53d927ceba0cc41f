#include "tests/runtime/model/fake_model.h"

#include <cmath>
#include <iterator>

namespace kiln::runtime {
namespace {

// The regression's state block; each member at an offset that is a multiple of 64.
struct State {
  alignas(64) float kernel[2];
  alignas(64) float bias;
  alignas(64) int64_t iterations;
  alignas(64) float learning_rate;
  alignas(64) float momentum[2];
  alignas(64) float squared_total;
  alignas(64) float absolute_total;
  alignas(64) float examples;
};

float as_scalar(const void* input) {
  return static_cast<float>(*static_cast<const int64_t*>(input));
}

float predict_row(const State& state, const float* x) {
  return x[0] * state.kernel[0] + x[1] * state.kernel[1] + state.bias;
}

int32_t regression_init(void*, void* state_block, void*, const void*, const void* const* inputs,
                        void* const*) {
  State& state = *static_cast<State*>(state_block);
  state = State{};
  state.kernel[0] = 0.25f + as_scalar(inputs[0]);
  state.kernel[1] = -0.5f;
  state.learning_rate = kFakeLearningRate;
  return 0;
}

// The loss and the counters of a batch; `gradient` gets the derivative by each prediction.
void measure(State& state, const void* const* inputs, void* const* outputs, float* gradient) {
  const float* x = static_cast<const float*>(inputs[0]);
  const float* y = static_cast<const float*>(inputs[1]);
  const int32_t count = *static_cast<const int32_t*>(inputs[2]);
  float squared = 0;
  for (int32_t row = 0; row < count; ++row) {
    const float error = predict_row(state, x + 2 * row) - y[row];
    squared += error * error;
    state.absolute_total += std::fabs(error);
    gradient[row] = 2 * error / static_cast<float>(count);
  }
  state.squared_total += squared;
  state.examples += static_cast<float>(count);
  *static_cast<float*>(outputs[0]) = squared / static_cast<float>(count);
  *static_cast<float*>(outputs[1]) = state.squared_total / state.examples;
  *static_cast<float*>(outputs[2]) = state.absolute_total / state.examples;
}

void record(const char* function, const void* const* inputs) {
  const float* x = static_cast<const float*>(inputs[0]);
  const float* y = static_cast<const float*>(inputs[1]);
  fake_calls().push_back(
      {function, *static_cast<const int32_t*>(inputs[2]), {x, x + 8}, {y, y + 4}});
}

int32_t regression_train(void*, void* state_block, void*, const void*, const void* const* inputs,
                         void* const* outputs) {
  record("train_step", inputs);
  State& state = *static_cast<State*>(state_block);
  float gradient[kFakeBatch] = {};
  measure(state, inputs, outputs, gradient);
  const float* x = static_cast<const float*>(inputs[0]);
  float step[3] = {};
  for (int row = 0; row < kFakeBatch; ++row) {
    for (int i = 0; i < 2; ++i) step[i] += gradient[row] * x[2 * row + i];
    step[2] += gradient[row];
  }
  for (int i = 0; i < 2; ++i) {
    state.momentum[i] = kFakeMomentum * state.momentum[i] - state.learning_rate * step[i];
    state.kernel[i] += state.momentum[i];
  }
  state.bias -= state.learning_rate * step[2];
  state.iterations += 1;
  return 0;
}

int32_t regression_test(void*, void* state, void*, const void*, const void* const* inputs,
                        void* const* outputs) {
  record("test_step", inputs);
  float gradient[kFakeBatch] = {};
  measure(*static_cast<State*>(state), inputs, outputs, gradient);
  return 0;
}

int32_t regression_predict(void*, void* state, void*, const void*, const void* const* inputs,
                           void* const* outputs) {
  const float* x = static_cast<const float*>(inputs[0]);
  float* y = static_cast<float*>(outputs[0]);
  for (int row = 0; row < kFakeBatch; ++row) {
    y[row] = predict_row(*static_cast<State*>(state), x + 2 * row);
  }
  return 0;
}

constexpr int64_t kX[] = {kFakeBatch, 2};
constexpr int64_t kY[] = {kFakeBatch, 1};
constexpr int64_t kKernel[] = {2, 1};
constexpr int64_t kOne[] = {1};
constexpr kiln_tensor scalar(const char* name, kiln_element_type type) {
  return {name, type, 0, nullptr};
}

constexpr kiln_input kInputs[] = {{"features", 0}};
constexpr kiln_tensor kSeed[] = {scalar("seed", KILN_I64)};
constexpr kiln_tensor kStepInputs[] = {
    {"x", KILN_F32, 2, kX}, {"y", KILN_F32, 2, kY}, scalar("count", KILN_I32)};
constexpr kiln_tensor kStepOutputs[] = {scalar("batch_loss", KILN_F32), scalar("loss", KILN_F32),
                                        scalar("absolute_error", KILN_F32)};
constexpr kiln_tensor kPrediction[] = {{"linear", KILN_F32, 2, kY}};

constexpr kiln_variable kVariables[] = {
    {{"linear/kernel", KILN_F32, 2, kKernel}, KILN_TRAINABLE, offsetof(State, kernel)},
    {{"linear/bias", KILN_F32, 1, kOne}, KILN_TRAINABLE, offsetof(State, bias)},
    {scalar("optimizer/iterations", KILN_I64), KILN_OPTIMIZER, offsetof(State, iterations)},
    {scalar("optimizer/learning_rate", KILN_F32), KILN_OPTIMIZER, offsetof(State, learning_rate)},
    {{"sgd/kernel_momentum", KILN_F32, 2, kKernel}, KILN_OPTIMIZER, offsetof(State, momentum)},
    {scalar("loss/total", KILN_F32), KILN_METRIC, offsetof(State, squared_total)},
    {scalar("absolute_error/total", KILN_F32), KILN_METRIC, offsetof(State, absolute_total)},
    {scalar("loss/count", KILN_F32), KILN_METRIC, offsetof(State, examples)},
};

template <kiln_run kFunction>
constexpr kiln_run kRun[] = {kFunction};
constexpr kiln_target kTargets[] = {{KILN_CPU, "x86-64-linux", 0}};

constexpr kiln_function kFunctions[] = {
    {"init", 0, 1, kSeed, 0, nullptr, 0, 0, 1, kRun<regression_init>},
    {"train_step", kFakeBatch, 3, kStepInputs, 3, kStepOutputs, 256, 128, 3,
     kRun<regression_train>},
    {"test_step", kFakeBatch, 3, kStepInputs, 3, kStepOutputs, 128, 128, 2, kRun<regression_test>},
    {"predict_step", kFakeBatch, 1, kStepInputs, 1, kPrediction, 0, 0, 1, kRun<regression_predict>},
};

struct ClassifierState {
  alignas(64) float correct;
  alignas(64) float examples;
};

void score(const float* x, float* scores) {
  scores[0] = x[0];
  scores[1] = x[1];
  scores[2] = 0.5f;
}

int32_t classifier_init(void*, void* state, void*, const void*, const void* const*, void* const*) {
  *static_cast<ClassifierState*>(state) = {};
  return 0;
}

int32_t classifier_step(void*, void* state_block, void*, const void*, const void* const* inputs,
                        void* const* outputs) {
  ClassifierState& state = *static_cast<ClassifierState*>(state_block);
  const float* x = static_cast<const float*>(inputs[0]);
  const int32_t* y = static_cast<const int32_t*>(inputs[1]);
  const int32_t count = *static_cast<const int32_t*>(inputs[2]);
  for (int32_t row = 0; row < count; ++row) {
    float scores[3];
    score(x + 2 * row, scores);
    int best = 0;
    for (int i = 1; i < 3; ++i) best = scores[i] > scores[best] ? i : best;
    state.correct += best == y[row] ? 1.f : 0.f;
  }
  state.examples += static_cast<float>(count);
  const float accuracy = state.correct / state.examples;
  *static_cast<float*>(outputs[0]) = *static_cast<float*>(outputs[1]) = 1 - accuracy;
  *static_cast<float*>(outputs[2]) = accuracy;
  return 0;
}

int32_t classifier_predict(void*, void*, void*, const void*, const void* const* inputs,
                           void* const* outputs) {
  for (int row = 0; row < kFakeBatch; ++row) {
    score(static_cast<const float*>(inputs[0]) + 2 * row,
          static_cast<float*>(outputs[0]) + 3 * row);
  }
  return 0;
}

constexpr int64_t kLabels[] = {kFakeBatch};
constexpr int64_t kScores[] = {kFakeBatch, 3};
constexpr kiln_tensor kClassifierInputs[] = {
    {"x", KILN_F32, 2, kX}, {"y", KILN_I32, 1, kLabels}, scalar("count", KILN_I32)};
constexpr kiln_tensor kClassifierOutputs[] = {
    scalar("batch_loss", KILN_F32), scalar("loss", KILN_F32), scalar("accuracy", KILN_F32)};
constexpr kiln_tensor kClassifierScores[] = {{"scores", KILN_F32, 2, kScores}};
constexpr kiln_variable kClassifierVariables[] = {
    {scalar("accuracy/total", KILN_F32), KILN_METRIC, offsetof(ClassifierState, correct)},
    {scalar("accuracy/count", KILN_F32), KILN_METRIC, offsetof(ClassifierState, examples)},
};
constexpr kiln_function kClassifierFunctions[] = {
    {"init", 0, 1, kSeed, 0, nullptr, 0, 0, 1, kRun<classifier_init>},
    {"train_step", kFakeBatch, 3, kClassifierInputs, 3, kClassifierOutputs, 0, 0, 1,
     kRun<classifier_step>},
    {"test_step", kFakeBatch, 3, kClassifierInputs, 3, kClassifierOutputs, 0, 0, 1,
     kRun<classifier_step>},
    {"predict_step", kFakeBatch, 1, kClassifierInputs, 1, kClassifierScores, 0, 0, 1,
     kRun<classifier_predict>},
};

}  // namespace

const kiln_model& fake_regression() {
  static constexpr kiln_output outputs[] = {{"linear", "mean_squared_error", 0}};
  static constexpr kiln_model model = {KILN_ABI_VERSION,
                                       "fake",
                                       "Model: \"fake\"\n",
                                       std::size(kInputs),
                                       kInputs,
                                       std::size(outputs),
                                       outputs,
                                       sizeof(State),
                                       std::size(kVariables),
                                       kVariables,
                                       0,
                                       nullptr,
                                       std::size(kFunctions),
                                       kFunctions,
                                       std::size(kTargets),
                                       kTargets};
  return model;
}

const kiln_model& fake_classifier() {
  static constexpr kiln_output outputs[] = {{"scores", "sparse_categorical_crossentropy", 3}};
  static constexpr kiln_model model = {KILN_ABI_VERSION,
                                       "classifier",
                                       "Model: \"classifier\"\n",
                                       std::size(kInputs),
                                       kInputs,
                                       std::size(outputs),
                                       outputs,
                                       sizeof(ClassifierState),
                                       std::size(kClassifierVariables),
                                       kClassifierVariables,
                                       0,
                                       nullptr,
                                       std::size(kClassifierFunctions),
                                       kClassifierFunctions,
                                       std::size(kTargets),
                                       kTargets};
  return model;
}

std::vector<FakeCall>& fake_calls() {
  static std::vector<FakeCall> calls;
  return calls;
}

}  // namespace kiln::runtime
