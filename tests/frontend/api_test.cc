// The C++ API with data and options that a user may get wrong, and what it gives for the right
// ones.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "frontend/kiln.h"
#include "gtest/gtest.h"

namespace kiln {
namespace {

Array floats(std::vector<int64_t> dims, const std::vector<float>& values) {
  return runtime::copy_of(KILN_F32, std::move(dims), values.data());
}

template <typename T>
std::string error_of(const Expected<T>& result) {
  return result ? "no error" : result.error().to_string();
}

TEST(Api, IdsOutsideTheVocabularyAreAnError) {
  Sequential model({Input({3}), Embedding(6, 2), Flatten(), Dense(1)});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Array y = floats({2, 1}, {1, 2});
  const Array good = floats({2, 3}, {0, 1, 2, 3, 4, 5}), wrong = floats({2, 3}, {0, 1, 2, 3, 6, 5});
  EXPECT_TRUE(model.fit(good, y, {.verbose = 0}));
  const std::string says =
      "error: x: row 1, element 1 (counted from 0) is 6, but the model's input \"input_layer\" "
      "takes ids from a vocabulary of 6, 0 to 5\n";
  for (const std::string& error :
       {error_of(model.fit(wrong, y, {.verbose = 0})),
        error_of(model.evaluate(wrong, y, {.verbose = 0})), error_of(model.predict(wrong))}) {
    EXPECT_EQ(error.substr(0, says.size()), says);
  }
}

Array ramp(std::vector<int64_t> dims) {
  const Array array = runtime::allocate(KILN_F32, std::move(dims));
  for (int64_t i = 0; i < array.element_count(); ++i)
    array.as<float>()[i] = static_cast<float>(i % 11) / 11;
  return array;
}

TEST(Api, ValidationInBatchesOfItsOwnSizeGivesTheSameNumbers) {
  const Array x = ramp({30, 4}), y = ramp({30, 1});
  std::vector<double> losses;
  for (const std::optional<int64_t> size : {std::optional<int64_t>(), std::optional<int64_t>(7)}) {
    Sequential model({Input({4}), Dense(1)});
    model.compile({.optimizer = "sgd", .loss = "mse"});
    const History history = value_or_exit(model.fit(x, y,
                                                    {.epochs = 2,
                                                     .batch_size = 8,
                                                     .validation_split = 0.5,
                                                     .verbose = 0,
                                                     .validation_batch_size = size}));
    const auto at = std::ranges::find(history.names, "val_loss") - history.names.begin();
    losses.push_back(history.values.at(at).back());
  }
  EXPECT_NEAR(losses[1], losses[0], 1e-6);
}

TEST(Api, OpenExtentsAreTheDatas) {
  const auto make = [] {
    Sequential model({Input({keras::kNone, 2}), keras::SimpleRNN(3), Dense(1)});
    model.compile({.optimizer = "sgd", .loss = "mse"});
    return model;
  };
  Sequential model = make();
  const Array x = ramp({8, 5, 2}), longer = ramp({4, 7, 2}), y = ramp({8, 1});
  FitOptions options{.epochs = 1, .batch_size = 4, .verbose = 0};
  options.validation_data = {longer, y.slice_rows(0, 4)};
  const History history = value_or_exit(model.fit(x, y, options));
  const Array five = value_or_exit(model.predict(x));
  const double loss = runtime::value_of(
      value_or_exit(model.evaluate(longer, y.slice_rows(0, 4), {.verbose = 0})), "loss");
  EXPECT_EQ(loss, history.values[1][0]) << history.names[1];
  EXPECT_EQ(value_or_exit(model.predict(longer)).dims, (std::vector<int64_t>{4, 1}));
  const Array again = value_or_exit(model.predict(x));
  for (int64_t i = 0; i < 8; ++i) EXPECT_EQ(again.as<float>()[i], five.as<float>()[i]) << i;
  // Weights come and go without data.
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/open.npz";
  ASSERT_TRUE(model.save_weights(path));
  Sequential other = make();
  const Status loaded = other.load_weights(path);
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  const Array same = value_or_exit(other.predict(x));
  for (int64_t i = 0; i < 8; ++i) EXPECT_EQ(same.as<float>()[i], five.as<float>()[i]) << i;
  EXPECT_EQ(error_of(model.predict(ramp({4, 7, 3}))),
            "error: x: each row is 7x3xf32, but the model 'sequential' takes (None, 2)\nnote: None "
            "stands for any extent; give data of that shape");
}

TEST(Api, StatesGoFromBatchToBatch) {
  // A sequence in three pieces gives what it gives at once.
  Sequential whole(
      {Input({6, 1}), keras::SimpleRNN({.units = 2, .return_sequences = true, .name = "rnn"})});
  Sequential pieces(
      {Input(keras::InputOptions{.shape = {2, 1}, .batch = 1}),
       keras::SimpleRNN({.units = 2, .return_sequences = true, .stateful = true, .name = "rnn"})});
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/states.npz";
  ASSERT_TRUE(whole.save_weights(path));
  ASSERT_TRUE(pieces.load_weights(path));
  const Array x = ramp({1, 6, 1}), parts = x.reshape({3, 2, 1});
  const Array expected = value_or_exit(whole.predict(x));
  const auto distance = [&] {
    const Array y = value_or_exit(pieces.predict(parts));
    float largest = 0;
    for (int64_t i = 0; i < y.element_count(); ++i)
      largest = std::max(largest, std::abs(y.as<float>()[i] - expected.as<float>()[i]));
    return largest;
  };
  EXPECT_LT(distance(), 1e-6);
  EXPECT_GT(distance(), 1e-3);  // goes on from the first
  ASSERT_TRUE(pieces.reset_states());
  EXPECT_LT(distance(), 1e-6);
}

TEST(Api, DataFillsWholeBatchesWhereStatesAreKept) {
  Sequential model({Input(keras::InputOptions{.shape = {2, 1}, .batch = 4}),
                    keras::SimpleRNN({.units = 1, .stateful = true})});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const std::string says =
      "error: x: has 6 rows, which do not fill batches of 4: the model's recurrent layers keep the "
      "states of a batch's rows for those of the next one (stateful=True)\n"
      "note: give it a multiple of 4 rows";
  const Array x = ramp({6, 2, 1}), y = ramp({6, 1});
  EXPECT_EQ(error_of(model.fit(x, y, {.batch_size = 4, .verbose = 0})), says);
  EXPECT_EQ(error_of(model.evaluate(x, y, {.verbose = 0})), says);
  EXPECT_EQ(error_of(model.predict(x)), says);
  EXPECT_TRUE(model.fit(ramp({8, 2, 1}), ramp({8, 1}), {.batch_size = 4, .verbose = 0}));
}

TEST(Api, LabelsOfCtcAreFilledUp) {
  Sequential model({Input({5, 2}), Dense(3)});
  model.compile({.optimizer = "sgd", .loss = CTC()});
  const Array x = ramp({2, 5, 2});
  const Array filled = floats({2, 5}, {1, 2, 0, 0, 0, 2, 0, 0, 0, 0});
  const Array y = floats({2, 2}, {1, 2, 2, 0}), wide = floats({2, 6}, std::vector<float>(12));
  const double expected = value_or_exit(model.evaluate(x, filled, {.verbose = 0}))[0].value;
  EXPECT_EQ(value_or_exit(model.evaluate(x, y, {.verbose = 0}))[0].value, expected);
  EXPECT_GT(expected, 0);
  EXPECT_EQ(error_of(model.evaluate(x, wide, {.verbose = 0})),
            "error: y: each row has 6 labels, but the model's output \"dense\" has 5 time steps\n"
            "note: CTC needs a time step for each label: cut off columns of zeros");
}

/// Keras weighs the classes of what is trained on, however the validation data are given.
TEST(Api, ClassWeightsAreForTrainingAlone) {
  const Array x = ramp({30, 4});
  Array y = runtime::allocate(KILN_F32, {30, 1});
  for (int64_t i = 0; i < 30; ++i) y.as<float>()[i] = i % 3 == 0 ? 1.0f : 0.0f;
  std::vector<double> losses;
  for (const bool is_split : {true, false}) {
    Sequential model({Input({4}), Dense(1, "sigmoid")});
    model.compile({.optimizer = "sgd", .loss = "binary_crossentropy"});
    FitOptions options{.epochs = 2, .batch_size = 5, .shuffle = false, .verbose = 0};
    options.class_weight = {{0, 1}, {1, 20}};
    if (is_split) {
      options.validation_split = 0.5;
    } else {
      options.validation_data = {x.slice_rows(15, 30), y.slice_rows(15, 30)};
    }
    const History history =
        value_or_exit(is_split ? model.fit(x, y, options)
                               : model.fit(x.slice_rows(0, 15), y.slice_rows(0, 15), options));
    const auto at = std::ranges::find(history.names, "val_loss") - history.names.begin();
    losses.push_back(history.values.at(at).back());
  }
  EXPECT_EQ(losses[0], losses[1]);
}

TEST(Api, AModelIsMovedToADeviceAndBack) {
  setenv("KILN_CUDA_LIBRARY", "/nowhere/libcuda.so", 1);
  const Array x = ramp({30, 4}), y = ramp({30, 1});
  Sequential model({Input({4}), Dense(1)});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  value_or_exit(model.fit(x, y, {.verbose = 0}));
  const Array before = value_or_exit(model.predict(x));
  EXPECT_EQ(error_of(model.set_device("gpu")).substr(0, 37),
            "error: there is no device \"gpu\"\nnote:");
  ASSERT_TRUE(model.set_device("cuda"));
  EXPECT_EQ(error_of(model.predict(x)),
            "error: cuda: there is no driver here: cannot open /nowhere/libcuda.so\n"
            "note: install it, or let KILN_CUDA_LIBRARY name the library");
  ASSERT_TRUE(model.set_device("cpu"));
  const Array after = value_or_exit(model.predict(x));
  for (int i = 0; i < 30; ++i) EXPECT_EQ(after.as<float>()[i], before.as<float>()[i]) << i;
}

/// Two fits: the second as it is with that optimizer, where the first was with another.
std::vector<float> predictions_after(const SGD& first, const SGD& second) {
  const Array x = ramp({30, 4}), y = ramp({30, 1});
  Sequential model({Input({4}), Dense(1)});
  for (const SGD& optimizer : {first, second}) {
    model.compile({.optimizer = optimizer, .loss = "mse"});
    value_or_exit(model.fit(x, y, {.epochs = 2, .verbose = 0}));
  }
  const Array predictions = value_or_exit(model.predict(x));
  return {predictions.as<float>(), predictions.as<float>() + 30};
}

TEST(Api, AnOptionThatFilesDoNotHaveMakesNewCode) {
  SGD all(0.1);
  all.weight_decay = 0.5;
  SGD no_biases = all, other = all;
  no_biases.exclude_from_weight_decay = {"bias"};
  other.momentum = 0.5;
  const std::vector<float> expected = predictions_after(other, no_biases);
  EXPECT_EQ(predictions_after(all, no_biases), expected);
  EXPECT_NE(predictions_after(other, all), expected);
}

TEST(Api, WeightsAndOptimizerGoAlongToADevice) {
  setenv("POCL_CACHE_DIR", (::testing::TempDir() + "/pocl").c_str(), 1);
  const auto infos = runtime::list_devices(KILN_OPENCL);
  if (!infos || infos->empty())
    GTEST_SKIP() << "NO OPENCL DEVICE: nothing is tested here; install pocl-opencl-icd";
  const Array x = ramp({30, 4}), y = ramp({30, 1});
  std::vector<Array> predictions;
  for (const char* second : {"cpu", "opencl"}) {
    Sequential model({Input({4}), Dense(3, "tanh"), Dense(1)});
    model.compile({.optimizer = "adam", .loss = "mse"});
    value_or_exit(model.fit(x, y, {.epochs = 3, .verbose = 0}));
    ASSERT_TRUE(model.set_device(second));
    value_or_exit(model.fit(x, y, {.epochs = 3, .verbose = 0}));
    predictions.push_back(value_or_exit(model.predict(x)));
  }
  for (int i = 0; i < 30; ++i)
    EXPECT_NEAR(predictions[1].as<float>()[i], predictions[0].as<float>()[i], 1e-5) << i;
}

TEST(Normalization, AdaptsToDataBeforeAndAfterTraining) {
  const Array x = floats({4, 2}, {1, 10, 2, 10, 3, 30, 2, 30});  // means 2, 20; deviations √0.5, 10
  Normalization normalization;
  value_or_exit(normalization.adapt(x));
  Sequential model({Input({2}), normalization});
  const Array y = value_or_exit(model.predict(x));
  EXPECT_NEAR(y.as<float>()[0], -std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(y.as<float>()[1], -1, 1e-6);
  EXPECT_NEAR(y.as<float>()[5], 1, 1e-6);
  value_or_exit(normalization.adapt(floats({2, 2}, {0, 9, 2, 11})));
  EXPECT_NEAR(value_or_exit(model.predict(x)).as<float>()[1], 0, 1e-6);
  EXPECT_EQ(error_of(Normalization({.mean = {1}, .variance = {2}}).adapt(x)),
            "error: Normalization: has its mean and variance from its options\n"
            "note: leave them out");
  value_or_exit(normalization.adapt(floats({2, 3}, {1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(error_of(model.predict(x)),
            "error: layer \"normalization\": was adapted to data with 3 positions along its axis\n"
            "note: adapt it to what the model gets");
}

TEST(Normalization, TakesPositionsOfItsAxesAndScalesBytesAsTheModel) {
  Normalization channels;
  Array pixels = runtime::allocate(KILN_U8, {2, 1, 2, 3});
  for (int64_t i = 0; i < 12; ++i) pixels.as<uint8_t>()[i] = static_cast<uint8_t>(51 * (i % 3));
  value_or_exit(channels.adapt(pixels));
  EXPECT_NEAR(channels.adapted()->mean[2], 102, 1e-9);
  pixels.scale = 1.0 / 255;
  value_or_exit(channels.adapt(pixels));
  const std::vector<double>& mean = channels.adapted()->mean;
  ASSERT_EQ(mean.size(), 3u);
  EXPECT_NEAR(mean[2], 0.4, 1e-9);
  EXPECT_NEAR(channels.adapted()->variance[2], 0, 1e-9);
  Normalization whole({.axis = {}});
  value_or_exit(whole.adapt(floats({3}, {1, 2, 6})));
  EXPECT_EQ(whole.adapted()->mean, std::vector<double>{3});
  EXPECT_NEAR(whole.adapted()->variance[0], 14.0 / 3, 1e-9);
}

TEST(Api, PredictNeedsNothingOfTrainingAndEvaluateNoOptimizer) {
  const Array x = ramp({8, 4}), y = ramp({8, 1});
  Sequential model({Input({4}), Dense(1)});
  model.compile({.optimizer = "momentum_of_mine", .loss = "my_loss", .metrics = {"my_metric"}});
  const Array before = value_or_exit(model.predict(x));
  EXPECT_EQ(error_of(model.evaluate(x, y, {.verbose = 0})), "error: unknown loss \"my_loss\"");
  EXPECT_EQ(error_of(model.fit(x, y, {.verbose = 0})),
            "error: unknown optimizer \"momentum_of_mine\"");
  EXPECT_EQ(value_or_exit(model.predict(x)).as<float>()[1], before.as<float>()[1]);
}

TEST(Api, WeightsGoAlongWhenMoreIsAskedOfAModel) {
  const Array x = ramp({8, 4}), y = ramp({8, 1});
  Sequential model({Input({4}), Dense(1)});
  model.compile({.optimizer = SGD(0), .loss = "mse"});
  const Array before = value_or_exit(model.predict(x));
  const auto loss = [](const Metrics& metrics) { return metrics.at(0).value; };
  const double first = loss(value_or_exit(model.evaluate(x, y, {.verbose = 0})));
  value_or_exit(model.fit(x, y, {.seed = 3, .verbose = 0}));
  const Array after = value_or_exit(model.predict(x));
  for (int i = 0; i < 8; ++i) EXPECT_EQ(after.as<float>()[i], before.as<float>()[i]) << i;
  EXPECT_EQ(loss(value_or_exit(model.evaluate(x, y, {.verbose = 0}))), first);
}

}  // namespace
}  // namespace kiln
