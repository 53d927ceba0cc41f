// A compiled model that is killed while it trains, and trained on: real executables.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/model/model.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;

constexpr int kKilled = 137;  // timeout's status when it has sent SIGKILL

/// A model whose layers draw random numbers.
std::string with_dropout() {
  using namespace keras;
  Sequential model(
      {Input({784}), Dropout(0.1), Dense(128, "relu"), Dropout(0.4), Dense(10, "softmax")});
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
  return write_temporary("dropout.json", *to_json(model));
}

TEST(Resume, AnExecutableThatIsKilledEndsWithTheSameBits) {
  const std::string program = temporary("mnist");
  const CommandResult compiled = run_command({kiln(), "compile", with_dropout(), "-o", program});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  auto command = [&](const std::string& out) {
    std::filesystem::create_directories(temporary(out));
    return std::vector<std::string>{program,
                                    "fit",
                                    "--data",
                                    "digits:train=3200,test=0,seed=3",
                                    "--epochs",
                                    "5",
                                    "--validation-split",
                                    "0.2",
                                    "--threads",
                                    "1",
                                    "--early-stopping",
                                    "patience=9",
                                    "--reduce-lr",
                                    "patience=0,factor=0.7",
                                    "--csv-log",
                                    temporary(out + "/log.csv"),
                                    "--history",
                                    temporary(out + "/history.json"),
                                    "--save",
                                    temporary(out + "/w.npz")};
  };
  const CommandResult straight = run_command(command("straight"));
  ASSERT_EQ(straight.status, 0) << straight.err;
  std::mt19937 random(5);
  int kills = 0;
  int status = kKilled;
  for (int attempt = 1; status != 0 && attempt < 200; ++attempt) {
    std::vector<std::string> words = command("killed");
    words.insert(words.end(), {"--backup", temporary("killed/backup") + ",save_freq=37"});
    const double seconds = 0.02 * attempt * std::uniform_real_distribution<>(0.5, 1)(random);
    words.insert(words.begin(), {"/usr/bin/timeout", "-s", "KILL", fmt::format("{:.4f}", seconds)});
    const CommandResult result = run_command(words);
    status = result.status;
    ASSERT_TRUE(status == 0 || status == kKilled) << status << result.err;
    kills += status == 0 ? 0 : 1;
  }
  ASSERT_EQ(status, 0);
  EXPECT_GE(kills, 2);
  for (const char* name : {"/w.npz", "/log.csv", "/history.json"}) {
    const std::string expected = read_file(temporary(std::string("straight") + name));
    EXPECT_FALSE(expected.empty()) << name;
    EXPECT_TRUE(expected == read_file(temporary(std::string("killed") + name))) << name;
  }
}

/// Masks, too, are those of a run that was not stopped, whatever file the training goes on from.
TEST(Resume, ATrainingGoesOnFromASavedFileWithTheSameBits) {
  const std::string model = with_dropout();
  auto fit = [&](const std::string& epochs, const std::string& out,
                 const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        kiln(),     "fit",  model,    "--data", "digits:train=640,test=0", "--seed", "5",
        "--epochs", epochs, "--save", out};
    words.insert(words.end(), more.begin(), more.end());
    const CommandResult result = run_command(words);
    EXPECT_EQ(result.status, 0) << result.err;
  };
  const std::string straight = temporary("straight.npz"), stopped = temporary("stopped.npz");
  fit("3", straight, {});
  for (const char* ending : {".npz", ".keras", ".weights.h5"}) {
    const std::string saved = temporary(std::string("two") + ending);
    fit("2", saved, {});
    fit("3", stopped, {"--initial-epoch", "2", "--weights", saved});
    EXPECT_TRUE(read_file(straight) == read_file(stopped)) << ending;
  }
}

/// What an executable carries is all that training goes on from: weights, the optimizer's state and
/// that of the random generators.
TEST(Resume, AnExecutableGoesOnFromTheModelThatItWasMadeOf) {
  const std::string definition = with_dropout();
  const std::string straight = temporary("straight.npz"), went_on = temporary("went_on.npz");
  const std::vector<std::string> data = {"--data", "digits:train=640,test=0", "--seed", "5"};
  const auto run = [&](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), data.begin(), data.end());
    words.insert(words.end(), more.begin(), more.end());
    const CommandResult result = run_command(words);
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
  };
  run({kiln(), "fit", definition}, {"--epochs", "3", "--save", straight});
  for (const char* name : {"carried.keras", "carried.npz"}) {
    const std::string saved = temporary(name), program = temporary("carrying");
    run({kiln(), "fit", definition}, {"--epochs", "2", "--save", saved});
    const CommandResult compiled =
        saved.ends_with(".keras")
            ? run_command({kiln(), "compile", saved, "-o", program})
            : run_command({kiln(), "compile", definition, "--weights", saved, "-o", program});
    ASSERT_EQ(compiled.status, 0) << compiled.err;
    EXPECT_THAT(compiled.out, HasSubstr("weights: those of " + saved));
    const std::string told =
        run({program, "fit"}, {"--epochs", "3", "--initial-epoch", "2", "--save", went_on});
    EXPECT_THAT(told, HasSubstr("weights: the program's own, with the optimizer's state"));
    EXPECT_TRUE(read_file(straight) == read_file(went_on)) << name;
  }
}

TEST(Resume, AnExecutableOfATrainedModelEvaluatesAndPredictsAtOnce) {
  const std::string saved = temporary("digits.keras"), program = temporary("digits");
  ASSERT_EQ(run_command(
                {kiln(), "fit", "mnist_mlp", "--data", "digits:train=640,test=0", "--save", saved})
                .status,
            0);
  ASSERT_EQ(run_command({kiln(), "compile", saved, "-o", program}).status, 0);
  const auto evaluate = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--data", "digits:train=64,test=0", "--verbose", "0"});
    return run_command(words);
  };
  const CommandResult expected = evaluate({kiln(), "evaluate", saved});
  const CommandResult own = evaluate({program, "evaluate"});
  ASSERT_EQ(expected.status, 0) << expected.err;
  EXPECT_EQ(own.out, expected.out);
  EXPECT_THAT(run_command({program, "info"}).out,
              HasSubstr("weights: trained, in this program, with the optimizer's state\n"));

  const CommandResult without =
      run_command({kiln(), "compile", saved, "--no-weights", "-o", program});
  ASSERT_EQ(without.status, 0) << without.err;
  EXPECT_THAT(without.out, HasSubstr("weights: left out\n"));
  EXPECT_EQ(evaluate({program, "evaluate", "--weights", saved}).out, expected.out);
  EXPECT_THAT(evaluate({program, "evaluate"}).err,
              HasSubstr("without --weights the model is untrained"));
  EXPECT_THAT(run_command({kiln(), "compile", "mnist_cnn", "--weights", saved, "-o", program}).err,
              HasSubstr("the file belongs to another model"));
}

TEST(Resume, KilnFitWritesKerasCheckpoints) {
  const std::string folder = temporary("models");
  const CommandResult fit = run_command(
      {kiln(), "fit", "mnist_mlp", "--data", "digits:train=640,test=0,seed=3", "--validation-split",
       "0.2", "--epochs", "2", "--verbose", "2", "--checkpoint", folder + "/m{epoch:02d}.keras",
       "--checkpoint", folder + "/best.weights.h5,save_best_only,save_weights_only"});
  ASSERT_EQ(fit.status, 0) << fit.err;
  for (const char* name : {"/m01.keras", "/m02.keras", "/best.weights.h5"}) {
    EXPECT_TRUE(exists(folder + name)) << name;
  }
  const CommandResult evaluate = run_command(
      {kiln(), "evaluate", folder + "/m02.keras", "--data", "digits:train=640,test=0,seed=3"});
  EXPECT_EQ(evaluate.status, 0) << evaluate.err;
  const CommandResult wrong =
      run_command({kiln(), "fit", "mnist_mlp", "--data", "digits:train=64,test=0",
                   "--early-stopping", "monitor=val_acuracy"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("EarlyStopping: there is no metric \"val_acuracy\""));
}

}  // namespace
}  // namespace kiln::tests
