// The callbacks against what Keras's did with the same courses of metrics, recorded by
// record_callbacks.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/training/callbacks/callback_options.h"
#include "runtime/training/callbacks/learning_rate_scheduler.h"
#include "runtime/training/callbacks/terminate_on_nan.h"
#include "runtime/training/fit.h"
#include "tests/runtime/data/test_file.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// A line of the recorded file.
struct Case {
  std::string option, text, course, expected;
};

std::vector<Case> cases_of(const std::string& option) {
  std::ifstream file("tests/runtime/training/callbacks/keras_callbacks.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = split(line, '|');
    if (fields[0] == option) cases.push_back({fields[0], fields[1], fields[2], fields[3]});
  }
  EXPECT_FALSE(cases.empty());
  return cases;
}

// The logs of each epoch.
std::vector<Metrics> read_course(const std::string& text) {
  std::vector<Metrics> epochs;
  for (const std::string& metric : split(text, ' ')) {
    const size_t equals = metric.find('=');
    const std::vector<std::string> values = split(metric.substr(equals + 1), ':');
    epochs.resize(values.size());
    for (size_t epoch = 0; epoch < values.size(); ++epoch) {
      if (values[epoch] == "-") continue;
      epochs[epoch].push_back(
          {metric.substr(0, equals), std::strtod(values[epoch].c_str(), nullptr)});
    }
  }
  return epochs;
}

Expected<CallbackHandle> make(const std::string& option, const std::string& text) {
  for (const CallbackOption& entry : callback_options()) {
    if (entry.name == option) return entry.make("--" + option, text);
  }
  return Diagnostic{"", "no such option", ""};
}

// The fake regression in training, without a loop: the test says what the metrics are.
class Callbacks : public testing::Test {
 protected:
  void SetUp() override {
    log_ = open_memstream(&text_, &size_);
    auto session = Session::create(&fake_regression(), 1);
    ASSERT_TRUE(session);
    session_.emplace(std::move(*session));
    ASSERT_TRUE(session_->initialize(0));
    folder_ = test_path("callbacks");
    std::filesystem::create_directories(folder_);
  }

  void TearDown() override {
    std::fclose(log_);
    std::free(text_);
    std::filesystem::remove_all(folder_);
  }

  Training training(std::vector<std::string> names) {
    Training training{*session_, files_, log_};
    training.metric_names = std::move(names);
    return training;
  }

  const kiln_variable& bias() const { return *session_->find_variable("linear/bias"); }

  // Runs the epochs of a course; after each epoch `after` is called. Gives the last epoch.
  template <typename After>
  int run(Callback& callback, const std::vector<Metrics>& course, After after) {
    std::vector<std::string> names;
    for (const Metrics& logs : course) {
      for (const Metric& metric : logs) names.push_back(metric.name);
    }
    Training state = training(names);
    EXPECT_TRUE(state.set_learning_rate(0.05));
    const Status begun = callback.on_train_begin(state);
    EXPECT_TRUE(begun) << begun.error().to_string();
    int epoch = 0;
    for (; epoch < static_cast<int>(course.size()); ++epoch) {
      EXPECT_TRUE(callback.on_epoch_begin(state, epoch));
      const auto bias_of_epoch = static_cast<float>(epoch);
      EXPECT_TRUE(session_->set_value(bias(), &bias_of_epoch));
      Metrics logs = course[epoch];
      const Status ended = callback.on_epoch_end(state, epoch, logs);
      EXPECT_TRUE(ended) << ended.error().to_string();
      after(state);
      if (state.stop) break;
    }
    EXPECT_TRUE(callback.on_train_end(state));
    return std::min(epoch, static_cast<int>(course.size()) - 1);
  }

  int run(Callback& callback, const std::vector<Metrics>& course) {
    return run(callback, course, [](Training&) {});
  }

  std::string log() {
    std::fflush(log_);
    return {text_, size_};
  }

  std::string in_folder(const std::string& name) { return folder_ + "/" + name; }

  // on_train_begin's error, of a run with accuracy, loss and val_loss.
  std::string begin_error(const std::string& option, const std::string& text) {
    auto callback = make(option, text);
    if (!callback) return callback.error().to_string();
    Training state = training({"accuracy", "loss", "val_loss", "custom"});
    const Status status = callback->get()->on_train_begin(state);
    return status ? "no error" : status.error().to_string();
  }

  std::optional<Session> session_;
  WeightFiles files_;
  std::string folder_;
  FILE* log_ = nullptr;
  char* text_ = nullptr;
  size_t size_ = 0;
};

TEST_F(Callbacks, EarlyStoppingStopsAndRestoresAsKeras) {
  for (const Case& c : cases_of("early-stopping")) {
    auto callback = make(c.option, c.text);
    ASSERT_TRUE(callback) << callback.error().to_string();
    const int last = run(*callback->get(), read_course(c.course));
    const auto restored = static_cast<int>(*number_of<float>(*session_, bias()));
    EXPECT_EQ(std::to_string(last) + " " + std::to_string(restored), c.expected) << c.text << "\n"
                                                                                 << c.course;
  }
}

TEST_F(Callbacks, ReduceLROnPlateauSetsTheRatesOfKeras) {
  for (const Case& c : cases_of("reduce-lr")) {
    auto callback = make(c.option, c.text);
    ASSERT_TRUE(callback) << callback.error().to_string();
    std::string rates;
    run(*callback->get(), read_course(c.course), [&](Training& state) {
      rates += (rates.empty() ? "" : " ") + python_decimal(*state.learning_rate());
    });
    EXPECT_EQ(rates, c.expected) << c.text << "\n" << c.course;
  }
}

TEST_F(Callbacks, ModelCheckpointWritesTheFilesOfKeras) {
  for (const Case& c : cases_of("checkpoint")) {
    const std::string folder = in_folder("checkpoints");
    auto callback = make(c.option, folder + "/" + c.text);
    ASSERT_TRUE(callback) << callback.error().to_string();
    run(*callback->get(), read_course(c.course));
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      // Names with dots: only the ending goes.
      const std::string name = entry.path().filename();
      names.push_back(name.substr(0, name.size() - std::string(".npz").size()));
    }
    std::sort(names.begin(), names.end());
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
    EXPECT_EQ(all, c.expected) << c.text << "\n" << c.course;
    std::filesystem::remove_all(folder);
  }
}

TEST_F(Callbacks, CsvLoggerWritesTheTextOfKeras) {
  for (const Case& c : cases_of("csv-log")) {
    const std::string path = in_folder("log.csv");
    auto callback = make(c.option, path + (c.text.empty() ? "" : ",") + c.text);
    ASSERT_TRUE(callback) << callback.error().to_string();
    run(*callback->get(), read_course(c.course));
    std::string expected;
    for (const std::string& line : split(c.expected, '\\')) expected += line + "\r\n";
    EXPECT_EQ(read_test_file(path), expected) << c.text;
  }
}

TEST_F(Callbacks, SchedulesGiveTheRatesOfKeras) {
  for (const Case& c : cases_of("learning-rate-schedule")) {
    auto schedule = read_schedule("--schedule", c.text);
    ASSERT_TRUE(schedule) << schedule.error().to_string();
    const std::vector<std::string> expected = split(c.expected, ' ');
    ASSERT_EQ(expected.size(), 12u);
    for (int epoch = 0; epoch < 12; ++epoch) {
      // Keras computes in f32.
      EXPECT_NEAR(schedule->rate(*schedule->initial_learning_rate, epoch),
                  std::strtod(expected[epoch].c_str(), nullptr), 2e-8)
          << c.text << ", epoch " << epoch;
    }
  }
}

TEST_F(Callbacks, CsvLoggerAppends) {
  const std::string path = in_folder("log.csv");
  const std::vector<Metrics> course = {{{"loss", 1}, {"val_loss", 2}}};
  for (int i = 0; i < 2; ++i) {
    auto callback = make("csv-log", path + ",append");
    ASSERT_TRUE(callback);
    run(*callback->get(), course);
  }
  EXPECT_EQ(read_test_file(path), "epoch,loss,val_loss\r\n0,1.0,2.0\r\n0,1.0,2.0\r\n");
  auto anew = make("csv-log", path);
  ASSERT_TRUE(anew);
  run(*anew->get(), course);
  EXPECT_EQ(read_test_file(path), "epoch,loss,val_loss\r\n0,1.0,2.0\r\n");
}

TEST_F(Callbacks, SchedulerStartsFromTheOptimizersRate) {
  LearningRateScheduler scheduler(*read_schedule("--schedule", "exponential,decay_rate=0.5"));
  std::vector<double> rates;
  run(scheduler, std::vector<Metrics>(3, {{"loss", 1}}),
      [&](Training& state) { rates.push_back(*state.learning_rate()); });
  EXPECT_EQ(rates, (std::vector<double>{0.05f, 0.05f / 2, 0.05f / 4}));
}

TEST_F(Callbacks, SchedulerFromAFunctionSeesThePresentRate) {
  LearningRateScheduler scheduler(
      [](int epoch, double rate) { return epoch < 2 ? rate : rate / 2; }, 1);
  double last = 0;
  run(scheduler, std::vector<Metrics>(4, {{"loss", 1}}),
      [&](Training& state) { last = *state.learning_rate(); });
  EXPECT_EQ(last, 0.05f / 4);
  EXPECT_NE(log().find("\nEpoch 3: LearningRateScheduler setting learning rate to 0.025"),
            std::string::npos)
      << log();
}

TEST_F(Callbacks, SaySomethingWhenVerbose) {
  const auto course = read_course("val_loss=2.0:1.0:3.0:3.0:0.5");
  for (const auto& [option, text] : std::map<std::string, std::string>{
           {"early-stopping", "patience=2,verbose=1,restore_best_weights"},
           {"reduce-lr", "patience=1,verbose=1,factor=0.5"},
           {"checkpoint", in_folder("b.npz") + ",save_best_only,verbose=1"}}) {
    auto callback = make(option, text);
    ASSERT_TRUE(callback);
    run(*callback->get(), course);
  }
  for (const char* part :
       {"Epoch 4: early stopping\n", "Restoring model weights from the end of the best epoch: 2.\n",
        "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.02500000037252903.\n",
        "\nEpoch 1: val_loss improved from None to 2.00000, saving model to ",
        "\nEpoch 2: val_loss improved from 2.00000 to 1.00000, saving model to ",
        "\nEpoch 3: val_loss did not improve from 1.00000\n",
        "\nEpoch 5: finished saving model to "}) {
    EXPECT_NE(log().find(part), std::string::npos) << part << "\n" << log();
  }
}

TEST_F(Callbacks, TerminateOnNaNEndsTheTraining) {
  Training state = training({"loss"});
  TerminateOnNaN callback;
  EXPECT_TRUE(callback.on_batch_end(state, 0, {{"loss", 1}}));
  EXPECT_FALSE(state.stop);
  EXPECT_TRUE(callback.on_batch_end(state, 7, {{"loss", INFINITY}}));
  EXPECT_TRUE(state.stop);
  EXPECT_EQ(log(), "Batch 7: Invalid loss, terminating training\n");
  expect_error(TerminateOnNaN(true).on_batch_end(state, 7, {{"loss", NAN}}),
               "the loss is nan after batch 7");
}

// The bytes of the one event file in `folder`.
std::string events_in(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    return read_test_file(entry.path());
  }
  return "";
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST_F(Callbacks, TensorBoardWritesTheCurvesOfKeras) {
  Array x = allocate(KILN_F32, {8, 2});
  Array y = allocate(KILN_F32, {8, 1});
  FitOptions options;
  options.verbose = 0;
  options.epochs = 3;
  options.validation_freq = 2;
  options.callbacks = {*make("tensorboard", in_folder("logs") + ",update_freq=2")};
  auto history = fit(*session_, {x, y}, Examples{x, y}, options);
  ASSERT_TRUE(history) << history.error().to_string();
  const std::string train = events_in(in_folder("logs/train"));
  EXPECT_EQ(count(train, "epoch_loss"), 3);
  EXPECT_EQ(count(train, "epoch_absolute_error"), 3);
  EXPECT_EQ(count(train, "epoch_learning_rate"), 3);
  EXPECT_EQ(count(train, "batch_loss"), 3);
  const std::string validation = events_in(in_folder("logs/validation"));
  EXPECT_EQ(count(validation, "epoch_loss"), 1);
  EXPECT_EQ(count(validation, "evaluation_loss_vs_iterations"), 1);
}

TEST_F(Callbacks, CheckpointsEverySoManyBatches) {
  auto callback = make("checkpoint", in_folder("m{epoch}-{batch}.npz,save_freq=3"));
  ASSERT_TRUE(callback);
  Training state = training({"loss"});
  ASSERT_TRUE(callback->get()->on_train_begin(state));
  for (int epoch = 0; epoch < 2; ++epoch) {
    state.next.epoch = epoch;
    for (int batch = 0; batch < 4; ++batch) {
      ASSERT_TRUE(callback->get()->on_batch_end(state, batch, {{"loss", 1}}));
    }
  }
  EXPECT_TRUE(std::filesystem::exists(in_folder("m1-3.npz")));
  EXPECT_TRUE(std::filesystem::exists(in_folder("m2-2.npz")));
  const std::filesystem::directory_iterator files(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 2);
}

TEST_F(Callbacks, RefuseUnknownMetrics) {
  EXPECT_EQ(begin_error("early-stopping", "monitor=val_los"),
            "error: EarlyStopping: there is no metric \"val_los\"\n"
            "note: did you mean val_loss? there are accuracy, loss, val_loss, custom");
  EXPECT_EQ(begin_error("early-stopping", "monitor=val_accuracy"),
            "error: EarlyStopping: there is no metric \"val_accuracy\"\n"
            "note: it needs validation data: a validation split, or data of its own");
  EXPECT_EQ(begin_error("reduce-lr", "monitor=custom"),
            "error: ReduceLROnPlateau: it is not known whether \"custom\" should become larger or "
            "smaller\nnote: say mode=max or mode=min");
  EXPECT_EQ(begin_error("reduce-lr", "monitor=custom,mode=max"), "no error");
  EXPECT_EQ(begin_error("reduce-lr", "factor=1.5"),
            "error: ReduceLROnPlateau: factor is 1.5, not below 1");
  EXPECT_EQ(begin_error("checkpoint", "m{val_lss:.2f}.npz"),
            "error: m{val_lss:.2f}.npz: there is no metric for {val_lss}\n"
            "note: did you mean val_loss?");
}

TEST_F(Callbacks, RefuseWrongFileNames) {
  EXPECT_EQ(begin_error("checkpoint", "m.h5"),
            "error: m.h5: is not a kind of file that the model can be saved to\n"
            "note: the name must end in .npz");
  EXPECT_EQ(begin_error("checkpoint", "m.weights.h5"),
            "error: m.weights.h5: holds weights alone, not a whole model\n"
            "note: add save_weights_only, or save to .keras or .npz");
  EXPECT_EQ(begin_error("checkpoint", "m.keras,save_weights_only"),
            "error: m.keras: holds a whole model, not weights alone\n"
            "note: leave out save_weights_only, or save to .weights.h5 or .npz");
  const std::string note =
      "\nnote: write names as {epoch:02d} or {val_loss:.2f}, and braces as {{ and }}";
  EXPECT_EQ(begin_error("checkpoint", "m{epoch.npz"),
            "error: m{epoch.npz: has a \"{\" without its \"}\"" + note);
  EXPECT_EQ(begin_error("checkpoint", "m}.npz"),
            "error: m}.npz: has a \"}\" without its \"{\"" + note);
  EXPECT_EQ(begin_error("checkpoint", "m{epoch:x}.npz"),
            "error: m{epoch:x}.npz: has \"{epoch:x}\", which is no name with a format" + note);
  EXPECT_EQ(begin_error("csv-log", "/no/such/folder/log.csv"),
            "error: /no/such/folder/log.csv: cannot create: No such file or directory");
  EXPECT_EQ(begin_error("csv-log", in_folder("log.csv") + ",separator=ab"),
            "error: CSVLogger: the separator \"ab\" is not one character");
  const std::string file = write_test_file("plain", "");
  EXPECT_EQ(begin_error("tensorboard", file),
            "error: " + file + ": cannot make the directory: File exists");
  EXPECT_EQ(begin_error("checkpoint", file + "/m.npz"),
            "error: " + file + ": cannot make the directory: File exists");
}

TEST_F(Callbacks, RefuseWrongOptions) {
  auto error = [](const std::string& option, const std::string& text) {
    auto callback = make(option, text);
    return callback ? "no error" : callback.error().to_string();
  };
  EXPECT_EQ(error("early-stopping", "patiense=3"),
            "error: --early-stopping: has no option \"patiense\"\nnote: did you mean patience? its "
            "options are monitor, min_delta, patience, verbose, mode, baseline, "
            "restore_best_weights, start_from_epoch");
  EXPECT_EQ(error("early-stopping", "patience"),
            "error: --early-stopping: patience needs a value, an integer from 0\n"
            "note: write patience=VALUE");
  EXPECT_EQ(error("early-stopping", "patience=x"),
            "error: --early-stopping: patience takes an integer from 0, not \"x\"");
  EXPECT_EQ(error("early-stopping", "patience=1,patience=2"),
            "error: --early-stopping: gives \"patience\" twice");
  EXPECT_EQ(error("early-stopping", "mode=up"),
            "error: --early-stopping: mode takes auto, min or max, not \"up\"");
  EXPECT_EQ(error("early-stopping", "min_delta=nan"),
            "error: --early-stopping: min_delta takes a number, not \"nan\"");
  EXPECT_EQ(error("early-stopping", "restore_best_weights=yes"),
            "error: --early-stopping: restore_best_weights takes true or false, not \"yes\"");
  EXPECT_EQ(error("checkpoint", ",verbose=1"), "error: --checkpoint: needs a file name first");
  EXPECT_EQ(error("checkpoint", "m.npz,save_freq=0"),
            "error: --checkpoint: save_freq takes an integer from 1, or epoch, not \"0\"");
  EXPECT_EQ(error("learning-rate-schedule", "exponetial,decay_rate=0.9"),
            "error: --learning-rate-schedule: there is no schedule \"exponetial\"\nnote: did you "
            "mean exponential? there are exponential, step, inverse_time, polynomial, cosine, "
            "cosine_restarts, piecewise");
  EXPECT_EQ(error("learning-rate-schedule", "exponential"),
            "error: --learning-rate-schedule: exponential needs decay_rate above 0");
  EXPECT_EQ(error("learning-rate-schedule", "cosine,decay_epochs=5,factor=2"),
            "error: --learning-rate-schedule: has no option \"factor\"\nnote: its options are "
            "decay_epochs, alpha, warmup_target, warmup_epochs, initial_learning_rate");
  EXPECT_EQ(error("learning-rate-schedule", "piecewise,boundaries=2:4,values=1:2"),
            "error: --learning-rate-schedule: piecewise has 2 boundaries and 2 values\n"
            "note: it needs one value more than boundaries");
  EXPECT_EQ(error("learning-rate-schedule", "piecewise,boundaries=4:2,values=1:2:3"),
            "error: --learning-rate-schedule: boundaries must rise");
}

TEST_F(Callbacks, RefuseToSetARateThatIsNotThere) {
  kiln_model model = fake_regression();
  model.variable_count = 2;  // without the optimizer
  auto session = Session::create(&model, 1);
  ASSERT_TRUE(session);
  Training state{*session, files_, log_};
  state.metric_names = {"loss"};
  auto callback = make("reduce-lr", "monitor=loss");
  ASSERT_TRUE(callback);
  expect_error(callback->get()->on_train_begin(state),
               "the optimizer has no learning rate that can be set");
}

}  // namespace
}  // namespace kiln::runtime
