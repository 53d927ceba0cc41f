#include "runtime/model/weights.h"

#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "gtest/gtest.h"
#include "runtime/data/npz.h"
#include "runtime/training/fit.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

std::string temporary(const std::string& name) { return testing::TempDir() + "/" + name; }

Session make_session(uint64_t seed, const kiln_model& model = fake_regression()) {
  auto session = Session::create(&model, 1);
  EXPECT_TRUE(session);
  EXPECT_TRUE(session->initialize(seed));
  return std::move(*session);
}

Array numbers(std::vector<int64_t> dims) {
  Array array = allocate(KILN_F32, std::move(dims));
  for (int64_t i = 0; i < array.element_count(); ++i) array.as<float>()[i] = static_cast<float>(i);
  return array;
}

void train(Session& session, int initial_epoch, int epochs) {
  Array x = numbers({10, 2});
  for (int i = 0; i < 20; ++i) x.as<float>()[i] /= 32;
  FitOptions options;
  options.verbose = 0;
  options.initial_epoch = initial_epoch;
  options.epochs = epochs;
  ASSERT_TRUE(fit(session, {x, numbers({10, 1})}, options));
}

TEST(Weights, AreSavedByName) {
  Session session = make_session(5);
  const std::string path = temporary("by_name.npz");
  ASSERT_TRUE(save_weights(session, path, SaveState::kWeights));
  auto arrays = load_npz(path);
  ASSERT_TRUE(arrays);
  ASSERT_EQ(arrays->size(), 2u);
  EXPECT_EQ((*arrays)[0].name, "linear/kernel");
  EXPECT_EQ((*arrays)[1].name, "linear/bias");
  EXPECT_EQ((*arrays)[0].array.as<float>()[0], 5.25f);
}

TEST(Weights, TrainingResumesBitForBit) {
  Session straight = make_session(0);
  train(straight, 0, 6);

  const std::string path = temporary("resume.npz");
  Session first = make_session(0);
  train(first, 0, 2);
  ASSERT_TRUE(save_weights(first, path, SaveState::kWeightsAndOptimizer));
  Session second = make_session(99);
  auto loaded = load_weights(second, path);
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  EXPECT_TRUE(loaded->optimizer);
  train(second, 2, 6);
  EXPECT_EQ(*straight.snapshot(), *second.snapshot());
}

TEST(Weights, WithoutTheOptimizer) {
  const std::string path = temporary("plain.npz");
  Session first = make_session(0);
  train(first, 0, 2);
  ASSERT_TRUE(save_weights(first, path, SaveState::kWeights));
  Session second = make_session(99);
  auto loaded = load_weights(second, path);
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->optimizer);
}

TEST(Weights, AModelForPredictionTakesAFileWithSlots) {
  const std::string path = temporary("slots.npz");
  Session session = make_session(1);
  ASSERT_TRUE(save_weights(session, path, SaveState::kWeightsAndOptimizer));
  kiln_model prediction_only = fake_regression();
  prediction_only.variable_count = 2;
  auto other = Session::create(&prediction_only, 1);
  ASSERT_TRUE(other);
  auto loaded = load_weights(*other, path);
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  EXPECT_FALSE(loaded->optimizer);
}

// The regression with the state of a random generator behind its other variables.
kiln_model with_random_state() {
  kiln_model model = fake_regression();
  static std::vector<kiln_variable> variables(model.variables,
                                              model.variables + model.variable_count);
  variables.resize(model.variable_count);
  variables.push_back(
      {{"noise/seed_generator_state", KILN_I64, 0, nullptr}, KILN_RANDOM_STATE, model.state_bytes});
  model.variables = variables.data();
  model.variable_count += 1;
  model.state_bytes += KILN_ALIGNMENT;
  return model;
}

/// Masks go on where they were, as the state of Keras's seed generator does.
TEST(Weights, RandomStatesAreSavedWithTheOptimizer) {
  const kiln_model model = with_random_state();
  Session session = make_session(5, model);
  EXPECT_EQ(session.weights().size(), 2u);
  const kiln_variable& variable = *session.find_variable("noise/seed_generator_state");
  const int64_t saved = 7, later = 9;
  ASSERT_TRUE(session.set_value(variable, &saved));
  const std::string all = temporary("noise.npz"), weights = temporary("noise_weights.npz");
  ASSERT_TRUE(save_weights(session, all, SaveState::kWeightsAndOptimizer));
  ASSERT_TRUE(save_weights(session, weights, SaveState::kWeights));
  ASSERT_TRUE(session.set_value(variable, &later));
  ASSERT_TRUE(load_weights(session, weights));
  EXPECT_EQ(*number_of<int64_t>(session, variable), later);
  ASSERT_TRUE(load_weights(session, all));
  EXPECT_EQ(*number_of<int64_t>(session, variable), saved);
}

// The error of loading `arrays`; an error changes nothing.
std::string load_error(const std::vector<NamedArray>& arrays) {
  const std::string path = temporary("wrong.npz");
  EXPECT_TRUE(save_npz(path, arrays));
  Session session = make_session(7);
  const auto before = *session.snapshot();
  auto loaded = load_weights(session, path);
  if (loaded) return "no error";
  EXPECT_EQ(*session.snapshot(), before);
  return loaded.error().message;
}

TEST(Weights, RefusesFilesOfOtherModels) {
  const NamedArray kernel = {"linear/kernel", numbers({2, 1})};
  const NamedArray bias = {"linear/bias", numbers({1})};
  EXPECT_EQ(load_error({kernel, bias}), "no error");
  EXPECT_EQ(load_error({kernel}), "holds no array \"linear/bias\"");
  EXPECT_EQ(load_error({kernel, bias, {"dense/kernel", numbers({1})}}),
            "the model has no variable \"dense/kernel\"");
  EXPECT_EQ(load_error({bias, {"linear/kernel", numbers({1, 2})}}),
            "\"linear/kernel\" is 1x2xf32, the model has 2x1xf32");
  EXPECT_EQ(load_error({bias, {"linear/kernel", convert(numbers({2, 1}), KILN_F64)}}),
            "\"linear/kernel\" is 2x1xf64, the model has 2x1xf32");
  EXPECT_EQ(load_error({kernel, bias, {"optimizer/sgd/kernel_momentum", numbers({2, 1})}}),
            "holds a part of the optimizer's state, without \"optimizer/learning_rate\"");
}

TEST(Weights, NothingIsLeftWhereSavingFails) {
  Session session = make_session(0);
  const Status status = save_weights(session, temporary("no/such/folder.npz"), SaveState::kWeights);
  ASSERT_FALSE(status);
  struct stat info;
  EXPECT_NE(stat(temporary("no").c_str(), &info), 0);
}

}  // namespace
}  // namespace kiln::runtime
