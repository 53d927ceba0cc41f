#include "runtime/training/fit.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

// Example i is x = (i, 1 - i) / 16, y = 1 + i / 8.
Array make_x(int64_t count) {
  Array x = allocate(KILN_F32, {count, 2});
  for (int64_t i = 0; i < count; ++i) {
    x.as<float>()[2 * i] = static_cast<float>(i) / 16;
    x.as<float>()[2 * i + 1] = static_cast<float>(1 - i) / 16;
  }
  return x;
}

Array make_y(int64_t count) {
  Array y = allocate(KILN_F32, {count, 1});
  for (int64_t i = 0; i < count; ++i) y.as<float>()[i] = 1 + static_cast<float>(i) / 8;
  return y;
}

int example_of(const FakeCall& call, int row) { return static_cast<int>(call.x[2 * row] * 16); }

Session make_session(const kiln_model& model = fake_regression()) {
  auto session = Session::create(&model, 2);
  EXPECT_TRUE(session);
  EXPECT_TRUE(session->initialize(0));
  fake_calls().clear();
  return std::move(*session);
}

FitOptions silent(int epochs, bool shuffle = false) {
  FitOptions options;
  options.verbose = 0;
  options.epochs = epochs;
  options.shuffle = shuffle;
  return options;
}

// The regression once more, as plain loops over examples: what fit must compute, unshuffled.
struct Reference {
  double kernel[2] = {0.25, -0.5};
  double bias = 0;
  double momentum[2] = {};

  double error(int i) const {
    return i / 16. * kernel[0] + (1 - i) / 16. * kernel[1] + bias - (1 + i / 8.);
  }

  // One epoch over [begin, end): the mean loss, each example's taken before its batch's update.
  double train(int begin, int end) {
    double total = 0;
    for (int first = begin; first < end; first += kFakeBatch) {
      const int last = std::min<int>(first + kFakeBatch, end);
      double step[3] = {};
      for (int i = first; i < last; ++i) {
        const double e = error(i);
        total += e * e;
        const double gradient = 2 * e / (last - first);
        step[0] += gradient * i / 16.;
        step[1] += gradient * (1 - i) / 16.;
        step[2] += gradient;
      }
      for (int k = 0; k < 2; ++k) {
        momentum[k] = kFakeMomentum * momentum[k] - kFakeLearningRate * step[k];
        kernel[k] += momentum[k];
      }
      bias -= kFakeLearningRate * step[2];
    }
    return total / (end - begin);
  }

  double test(int begin, int end) const {
    double total = 0;
    for (int i = begin; i < end; ++i) total += error(i) * error(i);
    return total / (end - begin);
  }
};

TEST(Fit, ComputesWhatPlainLoopsCompute) {
  Session session = make_session();
  FitOptions options = silent(5);
  options.validation_split = 0.3;
  auto history = fit(session, {make_x(20), make_y(20)}, options);
  ASSERT_TRUE(history) << history.error().to_string();
  EXPECT_EQ(history->names,
            (std::vector<std::string>{"absolute_error", "loss", "val_absolute_error", "val_loss"}));
  Reference reference;
  for (int epoch = 0; epoch < 5; ++epoch) {
    EXPECT_NEAR(history->values[1][epoch], reference.train(0, 14), 1e-5) << epoch;
    EXPECT_NEAR(history->values[3][epoch], reference.test(14, 20), 1e-5) << epoch;
  }
  EXPECT_EQ(history->epochs(), 5);
}

TEST(Fit, TakesTheLastPartForValidationBeforeShuffling) {
  Session session = make_session();
  FitOptions options = silent(2, true);
  options.validation_split = 0.3;
  ASSERT_TRUE(fit(session, {make_x(11), make_y(11)}, options));
  // floor(11 * 0.7) = 7 examples train, in 2 steps; 4 validate, in 1.
  std::vector<std::string> functions;
  for (const FakeCall& call : fake_calls()) functions.push_back(call.function);
  EXPECT_EQ(functions, (std::vector<std::string>{"train_step", "train_step", "test_step",
                                                 "train_step", "train_step", "test_step"}));
  for (const FakeCall& call : fake_calls()) {
    for (int row = 0; row < call.count; ++row) {
      EXPECT_EQ(example_of(call, row) >= 7, call.function == "test_step");
    }
  }
}

TEST(Fit, TheLastBatchIsShortAndPaddedWithARealRow) {
  Session session = make_session();
  ASSERT_TRUE(fit(session, {make_x(10), make_y(10)}, silent(1)));
  ASSERT_EQ(fake_calls().size(), 3u);
  EXPECT_EQ(fake_calls()[0].count, 4);
  EXPECT_EQ(fake_calls()[2].count, 2);
  EXPECT_EQ(example_of(fake_calls()[2], 0), 8);
  for (int row = 1; row < 4; ++row) {
    EXPECT_EQ(example_of(fake_calls()[2], row), 9);
    EXPECT_EQ(fake_calls()[2].y[row], 1 + 9 / 8.f);
  }
}

TEST(Fit, FewerExamplesThanABatch) {
  Session session = make_session();
  auto history = fit(session, {make_x(1), make_y(1)}, silent(1));
  ASSERT_TRUE(history);
  EXPECT_EQ(fake_calls().size(), 1u);
  EXPECT_EQ(fake_calls()[0].count, 1);
}

// The examples of each epoch in the order in which they were visited.
std::vector<std::vector<int>> visited_orders(uint64_t seed, int initial_epoch, int epochs) {
  Session session = make_session();
  FitOptions options = silent(epochs, true);
  options.seed = seed;
  options.initial_epoch = initial_epoch;
  EXPECT_TRUE(fit(session, {make_x(10), make_y(10)}, options));
  std::vector<std::vector<int>> orders(epochs - initial_epoch);
  for (size_t i = 0; i < fake_calls().size(); ++i) {
    const FakeCall& call = fake_calls()[i];
    for (int row = 0; row < call.count; ++row) {
      orders[i / 3].push_back(example_of(call, row));
      EXPECT_EQ(call.y[row], 1 + example_of(call, row) / 8.f) << "labels must move with examples";
    }
  }
  return orders;
}

TEST(Fit, ShufflesEachEpochAnewAndReproducibly) {
  const auto orders = visited_orders(1, 0, 3);
  for (const std::vector<int>& order : orders) {
    EXPECT_EQ(std::set<int>(order.begin(), order.end()).size(), 10u) << "each example once";
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_EQ(orders, visited_orders(1, 0, 3));
  EXPECT_NE(orders, visited_orders(2, 0, 3));
}

TEST(Fit, ResumesWithTheOrdersOfTheLaterEpochs) {
  const auto all = visited_orders(1, 0, 3);
  const auto resumed = visited_orders(1, 2, 3);
  ASSERT_EQ(resumed.size(), 1u);
  EXPECT_EQ(resumed[0], all[2]);
}

TEST(Fit, SameSeedSameBits) {
  std::vector<std::byte> states[2];
  for (auto& state : states) {
    Session session = make_session();
    ASSERT_TRUE(fit(session, {make_x(30), make_y(30)}, silent(4, true)));
    state = *session.snapshot();
  }
  EXPECT_EQ(states[0], states[1]);
}

TEST(Fit, ExplicitValidationData) {
  Session session = make_session();
  FitOptions options = silent(1);
  options.validation_split = 0.5;  // ignored, as in Keras
  auto history = fit(session, {make_x(8), make_y(8)}, Examples{make_x(3), make_y(3)}, options);
  ASSERT_TRUE(history);
  ASSERT_EQ(fake_calls().size(), 3u);
  EXPECT_EQ(fake_calls()[2].function, "test_step");
  EXPECT_EQ(fake_calls()[2].count, 3);
  EXPECT_EQ(history->names.back(), "val_loss");
}

// Writes down what happens, and stops after a step or an epoch.
class Recorder : public Callback {
 public:
  const char* name() const override { return "Recorder"; }
  Status on_train_begin(Training&) override { return add("train"); }
  Status on_epoch_begin(Training&, int epoch) override {
    return add("epoch " + std::to_string(epoch));
  }
  Status on_batch_end(Training& training, int64_t batch, const Metrics& logs) override {
    EXPECT_FALSE(std::isnan(value_of(logs, "loss")));
    if (batch == stop_after_batch) training.stop = true;
    return add("batch " + std::to_string(batch));
  }
  bool watches_batches() const override { return true; }
  Status on_test_end(Training&, const Metrics& logs) override {
    EXPECT_FALSE(std::isnan(value_of(logs, "loss")));
    return add("tested");
  }
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override {
    set_metric(logs, "learning_rate", 0.5);
    if (epoch == stop_after_epoch) training.stop = true;
    return add("end " + std::to_string(epoch));
  }
  Status on_train_end(Training&) override { return add("done"); }

  int64_t stop_after_batch = -1;
  int stop_after_epoch = -1;
  std::vector<std::string> events;

 private:
  Status add(const std::string& event) {
    events.push_back(event);
    return ok();
  }
};

TEST(Fit, CallsBackInKerasOrder) {
  Session session = make_session();
  auto recorder = std::make_shared<Recorder>();
  recorder->stop_after_epoch = 1;
  FitOptions options = silent(5);
  options.callbacks = {recorder};
  auto history = fit(session, {make_x(8), make_y(8)}, Examples{make_x(4), make_y(4)}, options);
  ASSERT_TRUE(history);
  EXPECT_EQ(recorder->events,
            (std::vector<std::string>{"train", "epoch 0", "batch 0", "batch 1", "tested", "end 0",
                                      "epoch 1", "batch 0", "batch 1", "tested", "end 1", "done"}));
  EXPECT_EQ(history->epochs(), 2);
  EXPECT_EQ(history->names.back(), "learning_rate") << "what a callback logs is in the history";
}

TEST(Fit, AnEpochThatIsStoppedInItsMiddleComesToItsEnd) {
  Session session = make_session();
  auto recorder = std::make_shared<Recorder>();
  recorder->stop_after_batch = 0;
  FitOptions options = silent(5);
  options.callbacks = {recorder};
  ASSERT_TRUE(fit(session, {make_x(8), make_y(8)}, options));
  EXPECT_EQ(recorder->events,
            (std::vector<std::string>{"train", "epoch 0", "batch 0", "end 0", "done"}));
}

// The first example of each step.
std::vector<int> first_examples() {
  std::vector<int> examples;
  for (const FakeCall& call : fake_calls()) examples.push_back(example_of(call, 0));
  return examples;
}

TEST(Fit, StepsPerEpochGoOnWhereTheEpochBeforeEnded) {
  Session session = make_session();
  FitOptions options = silent(4);
  options.steps_per_epoch = 2;
  // Three steps a pass: the second epoch has only what is left, the third begins anew.
  ASSERT_TRUE(fit(session, {make_x(12), make_y(12)}, options));
  EXPECT_EQ(first_examples(), (std::vector<int>{0, 4, 8, 0, 4, 8}));
}

TEST(Fit, MoreStepsThanThereAreAreAWholePass) {
  Session session = make_session();
  FitOptions options = silent(2);
  options.steps_per_epoch = 7;
  ASSERT_TRUE(fit(session, {make_x(8), make_y(8)}, options));
  EXPECT_EQ(first_examples(), (std::vector<int>{0, 4, 0, 4}));
}

TEST(Fit, ValidatesEverySoManyEpochsOnSoManySteps) {
  Session session = make_session();
  FitOptions options = silent(5);
  options.validation_freq = 2;
  options.validation_steps = 1;
  auto history = fit(session, {make_x(4), make_y(4)}, Examples{make_x(12), make_y(12)}, options);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->values[0].size(), 5u);
  EXPECT_EQ(history->names[3], "val_loss");
  EXPECT_EQ(history->values[3].size(), 2u);
  EXPECT_EQ(history->epochs_of[3], (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(std::count_if(fake_calls().begin(), fake_calls().end(),
                          [](const FakeCall& call) { return call.function == "test_step"; }),
            2);
}

TEST(Fit, PrintsLikeKeras) {
  Session session = make_session();
  char* text = nullptr;
  size_t size = 0;
  FitOptions options = silent(2);
  options.verbose = 2;
  options.log = open_memstream(&text, &size);
  ASSERT_TRUE(fit(session, {make_x(8), make_y(8)}, options));
  fclose(options.log);
  const std::string log = text;
  std::free(text);
  EXPECT_EQ(log.rfind("Epoch 1/2\n2/2 - 0s - ", 0), 0u) << log;
  EXPECT_NE(log.find("/step - absolute_error: "), std::string::npos) << log;
  EXPECT_NE(log.find("\nEpoch 2/2\n2/2 - 0s - "), std::string::npos) << log;
}

std::string fit_error(const Array& x, const Array& y, const FitOptions& options,
                      const kiln_model& model = fake_regression()) {
  Session session = make_session(model);
  const auto before = *session.snapshot();
  auto history = fit(session, {x, y}, options);
  EXPECT_EQ(*session.snapshot(), before) << "refused before the first step";
  return history ? "no error" : history.error().to_string();
}

TEST(Fit, RefusesWrongData) {
  EXPECT_EQ(fit_error(make_x(8), make_y(7), silent(1)),
            "error: y: has 7 rows, x has 8\nnote: row i of every array belongs to example i");
  FitOptions split = silent(1);
  split.validation_split = 0.5;
  EXPECT_EQ(fit_error(make_x(8), make_y(7), split),
            "error: y: has 7 rows, x has 8\nnote: row i of every array belongs to example i");
  EXPECT_EQ(fit_error(make_x(0), make_y(0), silent(1)), "error: x: has no examples");
  EXPECT_EQ(fit_error(make_x(8), Array{}, silent(1)), "error: y: has no labels");
  EXPECT_EQ(fit_error(allocate(KILN_F32, {8, 3}), make_y(8), silent(1)),
            "error: x: has rows of shape 3, the model takes 2");
  EXPECT_EQ(fit_error(make_x(8), allocate(KILN_I32, {8, 1}), silent(1)),
            "error: y: holds i32, the model takes f32\nnote: convert the array first");
}

TEST(Fit, RefusesWhatTheModelDoesNotTake) {
  Session session = make_session();
  Examples examples(make_x(8), make_y(8));
  examples.x.push_back(make_x(8));
  EXPECT_EQ(fit(session, examples, silent(1)).error().to_string(),
            "error: x: the model takes 1 arrays here, gets 2");
  examples.x.pop_back();
  examples.sample_weights = {make_y(8)};
  EXPECT_EQ(fit(session, examples, silent(1)).error().to_string(),
            "error: sample weights: the model was compiled without them\n"
            "note: compile it with sample weights");
}

TEST(Fit, RefusesWrongLabels) {
  Array labels = allocate(KILN_I32, {5});
  labels.as<int32_t>()[3] = 3;
  EXPECT_EQ(
      fit_error(make_x(5), labels, silent(1), fake_classifier()),
      "error: y: row 3 (counted from 0) is 3, but the model's output \"scores\" has 3 classes, "
      "0 to 2\nnote: number the classes from 0, or give the model's last layer more units");
}

TEST(Fit, RefusesIdsOutsideTheVocabulary) {
  const kiln_input words = {"words", 3};
  kiln_model model = fake_regression();
  model.inputs = &words;
  const Array ids = allocate(KILN_F32, {5, 2});
  ids.as<float>()[7] = 3;
  const std::string wrong = "x: row 3, element 1 (counted from 0) is 3, ";
  EXPECT_NE(fit_error(ids, make_y(5), silent(1), model).find(wrong), std::string::npos);
  FitOptions split = silent(1);
  split.validation_split = 0.4;
  EXPECT_NE(fit_error(ids, make_y(5), split, model).find(wrong), std::string::npos);
  EXPECT_TRUE(fake_calls().empty());
  Session session = make_session(model);
  const Expected<Metrics> metrics = evaluate(session, {ids, make_y(5)}, {.verbose = 0});
  ASSERT_FALSE(metrics);
  EXPECT_NE(metrics.error().to_string().find(wrong), std::string::npos);
  const auto outputs = predict(session, {ids});
  ASSERT_FALSE(outputs);
  EXPECT_NE(outputs.error().to_string().find(wrong), std::string::npos);
}

TEST(Fit, RefusesWrongOptions) {
  FitOptions options = silent(1);
  for (double split : {-0.1, 1.0, 2.0, std::nan("")}) {
    options.validation_split = split;
    EXPECT_NE(fit_error(make_x(8), make_y(8), options).find("validation_split"), std::string::npos);
  }
  options.validation_split = 0.01;  // of 8 examples: floor(7.92) = 7 train
  EXPECT_EQ(fit_error(make_x(1), make_y(1), options),
            "error: x: 1 examples cannot be split by validation_split=0.01\n"
            "note: one of the parts would be empty");
  FitOptions steps = silent(1);
  steps.steps_per_epoch = 0;
  EXPECT_EQ(fit_error(make_x(8), make_y(8), steps),
            "error: steps_per_epoch and validation_steps must be positive");
  FitOptions frequency = silent(1);
  frequency.validation_freq = 0;
  EXPECT_EQ(fit_error(make_x(8), make_y(8), frequency), "error: validation_freq must be positive");
  EXPECT_EQ(fit_error(make_x(8), make_y(8), silent(-1)),
            "error: the number of epochs must not be negative");
}

TEST(Evaluate, WeighsTheShortBatchByItsExamples) {
  Session session = make_session();
  auto metrics = evaluate(session, {make_x(10), make_y(10)}, {.verbose = 0});
  ASSERT_TRUE(metrics);
  EXPECT_NEAR(value_of(*metrics, "loss"), Reference().test(0, 10), 1e-5);
  auto again = evaluate(session, {make_x(10), make_y(10)}, {.verbose = 0});
  ASSERT_TRUE(again);
  EXPECT_EQ(value_of(*metrics, "loss"), value_of(*again, "loss")) << "metrics start at zero";
}

TEST(Predict, GivesARowForEachRow) {
  Session session = make_session();
  for (int64_t count : {1, 4, 10}) {
    auto predictions = predict(session, {make_x(count)});
    ASSERT_TRUE(predictions);
    EXPECT_EQ(predictions->at(0).dims, (std::vector<int64_t>{count, 1}));
    for (int i = 0; i < count; ++i) {
      EXPECT_FLOAT_EQ(predictions->at(0).as<float>()[i], i / 16.f * 0.25f + (1 - i) / 16.f * -0.5f);
    }
  }
  EXPECT_FALSE(predict(session, {Array{}}));
  EXPECT_FALSE(predict(session, {allocate(KILN_F32, {4, 5})}));
}

}  // namespace
}  // namespace kiln::runtime
