// The kiln command with models of several inputs and outputs, sample weights and class weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/merging.h"
#include "frontend/keras/model/functional.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using runtime::Array;
using runtime::NamedArray;
using ::testing::HasSubstr;

/// left, right: [4] each; gives kind (two classes) and score.
std::string two_outputs() {
  using namespace keras;
  const Callable<Input> left(InputOptions{.shape = {4}, .name = "left"});
  const Callable<Input> right(InputOptions{.shape = {4}, .name = "right"});
  const KerasTensor both = Callable<Concatenate>()({left, right});
  const Callable<Dense> kind(DenseOptions{.units = 2, .activation = "softmax", .name = "kind"});
  const Callable<Dense> score(DenseOptions{.units = 1, .name = "score"});
  Model model = functional({left, right}, {kind(both), score(both)}, "two");
  model.compile({.optimizer = "sgd",
                 .loss = {{"kind", "sparse_categorical_crossentropy"}, {"score", "mse"}},
                 .metrics = {{"kind", {"accuracy"}}}});
  return write_temporary("two.json", *to_json(model));
}

std::string classifier() {
  keras::Sequential model({keras::Input({4}), keras::Dense(2, "softmax")}, "one");
  model.compile({.optimizer = "sgd",
                 .loss = "sparse_categorical_crossentropy",
                 .weighted_metrics = {"accuracy"}});
  return write_temporary("one.json", *to_json(model));
}

constexpr int64_t kRows = 10;

Array ramp(std::vector<int64_t> dims) {
  Array array = runtime::allocate(KILN_F32, std::move(dims));
  for (int64_t i = 0; i < array.element_count(); ++i)
    array.as<float>()[i] = static_cast<float>(i % 7) / 7;
  return array;
}

Array alternating() {
  Array labels = runtime::allocate(KILN_I32, {kRows});
  for (int64_t i = 0; i < kRows; ++i) labels.as<int32_t>()[i] = static_cast<int32_t>(i % 2);
  return labels;
}

std::string saved(const std::string& name, const std::vector<NamedArray>& arrays) {
  std::string path = temporary(name);
  EXPECT_TRUE(runtime::save_npz(path, arrays));
  return path;
}

std::string two_data() {
  return saved("two.npz", {{"kind", alternating()},
                           {"score", ramp({kRows, 1})},
                           {"right", ramp({kRows, 4})},
                           {"left", ramp({kRows, 4})}});
}

TEST(Graphs, TrainAndPredictByName) {
  const std::string weights = temporary("two.keras"), outputs = temporary("answers.npz");
  const CommandResult fit =
      run_command({kiln(), "fit", two_outputs(), "--data", two_data(), "--batch-size", "4",
                   "--epochs", "2", "--validation-split", "0.2", "--save", weights});
  ASSERT_EQ(fit.status, 0) << fit.err;
  for (const char* name : {"kind_loss: ", "kind_accuracy: ", "score_loss: ", "val_score_loss: "})
    EXPECT_THAT(fit.out, HasSubstr(name));
  const CommandResult predict =
      run_command({kiln(), "predict", weights, "--data", two_data(), "-o", outputs});
  ASSERT_EQ(predict.status, 0) << predict.err;
  EXPECT_THAT(predict.out, HasSubstr("kind:\nrow 0: class "));
  const auto arrays = runtime::load_npz(outputs);
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  EXPECT_EQ(find_array(*arrays, "kind")->name(), "10x2xf32");
  EXPECT_EQ(find_array(*arrays, "score")->name(), "10x1xf32");
}

TEST(Graphs, ADirectoryHoldsAnArrayForEachName) {
  const std::string folder = temporary("arrays");
  ASSERT_EQ(run_command({"/bin/mkdir", "-p", folder}).status, 0);
  for (const char* name : {"left", "right"})
    ASSERT_TRUE(runtime::save_npy(folder + "/" + name + ".npy", ramp({kRows, 4})));
  ASSERT_TRUE(runtime::save_npy(folder + "/kind.npy", alternating()));
  ASSERT_TRUE(runtime::save_npy(folder + "/score.npy", ramp({kRows, 1})));
  const CommandResult fit = run_command({kiln(), "fit", two_outputs(), "--data", folder});
  EXPECT_EQ(fit.status, 0) << fit.err;
}

TEST(Graphs, ExecutablesTakeThemToo) {
  const std::string program = temporary("two"), weights = temporary("two_weights.npz");
  ASSERT_EQ(run_command({kiln(), "compile", two_outputs(), "-o", program}).status, 0);
  const CommandResult fit = run_command({program, "fit", "--data", two_data(), "--save", weights});
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(run_command({program, "info"}).out, HasSubstr("loss of score: mean_squared_error"));
}

TEST(Weights, OfClassesAreThoseOfTheirExamples) {
  const std::string x = temporary("x.npy"), y = temporary("y.npy"), w = temporary("w.npy");
  const Array labels = alternating();
  const Array weights = runtime::allocate(KILN_F32, {kRows});
  for (int64_t i = 0; i < kRows; ++i)
    weights.as<float>()[i] = labels.as<int32_t>()[i] == 1 ? 5.0f : 1.0f;
  ASSERT_TRUE(runtime::save_npy(x, ramp({kRows, 4})));
  ASSERT_TRUE(runtime::save_npy(y, labels));
  ASSERT_TRUE(runtime::save_npy(w, weights));
  const std::string named =
      saved("weighted.npz", {{"x", ramp({kRows, 4})}, {"y", labels}, {"sample_weight", weights}});
  const std::vector<std::vector<std::string>> forms = {
      {"--data", x + "," + y, "--class-weight", "1:5"},
      {"--data", x + "," + y, "--sample-weight", w},
      {"--data", named}};
  std::vector<std::string> histories;
  for (const std::vector<std::string>& form : forms) {
    histories.push_back(temporary("history.json"));
    std::vector<std::string> words = {kiln(), "fit", classifier(), "--history", histories.back()};
    words.insert(words.end(), form.begin(), form.end());
    const CommandResult fit = run_command(words);
    ASSERT_EQ(fit.status, 0) << fit.err;
    histories.back() = read_file(histories.back());
  }
  EXPECT_EQ(histories[1], histories[0]);
  EXPECT_EQ(histories[2], histories[0]);
  const CommandResult plain = run_command(
      {kiln(), "fit", classifier(), "--data", x + "," + y, "--history", temporary("history.json")});
  ASSERT_EQ(plain.status, 0) << plain.err;
  EXPECT_NE(read_file(temporary("history.json")), histories[0]);
}

TEST(Graphs, MistakesNameTheArray) {
  const std::string model = two_outputs();
  expect_mistake({kiln(), "fit", model, "--data",
                  saved("bad.npz", {{"left", ramp({kRows, 4})}, {"rihgt", ramp({kRows, 4})}})},
                 "has no array for the model's input \"right\"; it holds left, rihgt");
  expect_mistake({kiln(), "fit", model, "--data",
                  saved("bad.npz", {{"left", ramp({kRows, 4})}, {"right", ramp({9, 4})}})},
                 "left has 10 rows and right has 9");
  expect_mistake({kiln(), "fit", model, "--data", two_data(), "--class-weight", "0:2"},
                 "class weights: are for models with one output");
  expect_mistake({kiln(), "fit", classifier(), "--data", two_data(), "--class-weight", "0=2"},
                 "--class-weight takes a list of CLASS:WEIGHT like 0:1,1:5, not \"0=2\"");
  const std::string program = temporary("one");
  ASSERT_EQ(run_command({kiln(), "compile", classifier(), "-o", program}).status, 0);
  const std::string x = temporary("x.npy"), y = temporary("y.npy");
  ASSERT_TRUE(runtime::save_npy(x, ramp({kRows, 4})));
  ASSERT_TRUE(runtime::save_npy(y, alternating()));
  expect_mistake({program, "fit", "--data", x + "," + y, "--class-weight", "1:5"},
                 "the model was compiled without them");
}

}  // namespace
}  // namespace kiln::tests
