// Executables and Keras's files: what they read is what kiln reads, to the last bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/model/model.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// What a command prints; it must succeed.
std::string out_of(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  const CommandResult result = run_command(words);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  return result.out;
}

/// An executable of a model that carries no weights.
std::string program_of(const std::string& model) {
  const std::string program = temporary("program");
  out_of({kiln(), "compile", model, "--no-weights", "-o", program}, {});
  return program;
}

struct Trained {
  const char* model;
  const char* data;
};

class ExecutableFiles : public ::testing::TestWithParam<Trained> {};

TEST_P(ExecutableFiles, EvaluateAndGoOnFromEveryFormat) {
  const auto& [model, data] = GetParam();
  const std::vector<std::string> on = {"--data", data, "--seed", "5"};
  const std::string program = program_of(model);
  std::string evaluated, went_on;
  for (const char* ending : {".npz", ".keras", ".weights.h5"}) {
    const std::string saved = temporary(std::string("one") + ending);
    const std::string next = temporary("next.npz");
    out_of({kiln(), "fit", model, "--epochs", "1", "--save", saved}, on);
    const std::string told = out_of({program, "fit", "--weights", saved, "--initial-epoch", "1",
                                     "--epochs", "2", "--save", next},
                                    on);
    EXPECT_THAT(told, HasSubstr("weights: " + saved + ", with the optimizer's state"));
    const std::string result =
        out_of({program, "evaluate", "--verbose", "0", "--weights", saved, "--data", data}, {});
    if (evaluated.empty()) {
      evaluated = result;
      went_on = read_file(next);
    }
    EXPECT_EQ(result, evaluated) << ending;
    EXPECT_TRUE(read_file(next) == went_on) << ending;
  }
}

INSTANTIATE_TEST_SUITE_P(BuiltInModels, ExecutableFiles,
                         ::testing::Values(Trained{"mnist_mlp", "digits:train=320,test=0"},
                                           Trained{"mnist_cnn", "digits:train=64,test=0"},
                                           Trained{"imdb_lstm", "reviews:train=64,test=0"}),
                         [](const auto& info) { return std::string(info.param.model); });

/// Other layers, cut and changed files: the errors are kiln's own, and nothing is predicted.
TEST(ExecutableFiles, WhatDoesNotFitIsKilnsError) {
  using namespace keras;
  Sequential model({Input({4}), Dense(5, "relu"), Dense(3)});
  model.compile({.optimizer = "adam", .loss = "mse"});
  Sequential other({Input({4}), Dense(6, "relu"), Dense(3)});
  other.compile({.optimizer = "adam", .loss = "mse"});
  const std::string definition = write_temporary("model.json", *to_json(model));
  const std::string program = program_of(definition);
  const std::string data = save_temporary("x.npy", runtime::allocate(KILN_F32, {2, 4}));
  const auto same_error = [&](const std::string& weights, const std::string& says) {
    const std::vector<std::string> more = {"--weights", weights, "--data", data};
    std::vector<std::string> own = {program, "predict"}, kilns = {kiln(), "predict", definition};
    for (auto* words : {&own, &kilns}) words->insert(words->end(), more.begin(), more.end());
    const CommandResult result = run_command(own), expected = run_command(kilns);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, expected.err);
    EXPECT_THAT(result.err, StartsWith("error: " + weights + ": "));
    EXPECT_THAT(result.err, HasSubstr(says));
  };
  const std::string other_definition = write_temporary("other.json", *to_json(other));
  const std::string xy = data + "," + save_temporary("y.npy", runtime::allocate(KILN_F32, {2, 3}));
  for (const char* ending : {".keras", ".weights.h5"}) {
    const std::string saved = temporary(std::string("other") + ending);
    out_of({kiln(), "fit", other_definition, "--data", xy, "--epochs", "1", "--save", saved}, {});
    same_error(saved,
               "layer \"dense\": \"layers/dense/vars/0\" for dense/kernel is 4x6xf32, the "
               "model has 4x5xf32\nnote: the file belongs to another model");
    const std::string bytes = read_file(saved);
    same_error(write_temporary(std::string("cut") + ending, bytes.substr(0, bytes.size() / 2)), "");
    same_error(write_temporary(std::string("text") + ending, "some text"), "is not a");
  }
  same_error(temporary("nowhere.keras"), "No such file");
  same_error(write_temporary("weights.bin", "some text"), "call it .keras, .weights.h5 or .npz");
}

/// Another optimizer's state is passed over aloud, as kiln does.
TEST(ExecutableFiles, AnotherOptimizersStateIsPassedOverWithANote) {
  const std::string saved = temporary("adam.keras");
  const std::vector<std::string> on = {"--data", "digits:train=64,test=0", "--epochs", "1"};
  out_of({kiln(), "fit", "mnist_mlp", "--save", saved}, on);
  const std::string program = temporary("sgd");
  out_of({kiln(), "compile", "mnist_mlp", "--optimizer", "rmsprop", "-o", program}, {});
  std::vector<std::string> fit = {program, "fit", "--weights", saved};
  fit.insert(fit.end(), on.begin(), on.end());
  const CommandResult result = run_command(fit);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "note: " + saved +
                            ": the optimizer's state in the file is of Adam, the model has "
                            "RMSprop: it was not loaded\n");
  EXPECT_THAT(result.out, HasSubstr("without optimizer's state"));
}

/// IR text says nothing of Keras's files.
TEST(ExecutableFiles, AProgramOfIrTextReadsNpzAlone) {
  const std::string text = out_of({kiln(), "inspect", "mnist_mlp", "--no-locations"}, {});
  const std::string program = program_of(write_temporary("model.kir", text));
  const std::string saved = temporary("saved.keras");
  const std::vector<std::string> on = {"--data", "digits:train=64,test=0"};
  out_of({kiln(), "fit", "mnist_mlp", "--epochs", "1", "--save", saved}, on);
  expect_mistake({program, "evaluate", "--weights", saved, "--data", "digits:train=64,test=0"},
                 "one made from IR text reads .npz alone");
}

}  // namespace
}  // namespace kiln::tests
