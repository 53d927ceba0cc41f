// Models of texts as Keras saves them: predictions, training and executables, from texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/data/npy.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;

/// A file that record.py wrote. Commands run in another folder.
std::string data(const std::string& name) {
  return std::filesystem::absolute("tests/frontend/texts/data/" + name).string();
}

void run(const std::vector<std::string>& words) {
  const CommandResult result = run_command(words);
  ASSERT_EQ(result.status, 0) << result.err;
}

void expect_near(const std::string& own, const std::string& keras, float tolerance) {
  const auto a = runtime::load_npy(own), b = runtime::load_npy(keras);
  ASSERT_TRUE(a) << a.error().to_string();
  ASSERT_TRUE(b) << b.error().to_string();
  ASSERT_EQ(a->element_count(), b->element_count());
  for (int64_t i = 0; i < a->element_count(); ++i)
    EXPECT_NEAR(a->as<float>()[i], b->as<float>()[i], tolerance) << i;
}

class SavedModels : public ::testing::TestWithParam<std::string> {
 protected:
  const std::string& name() const { return GetParam(); }
  std::string model() const { return data(name() + ".keras"); }
  std::string arrays() const { return data(name() + ".npz"); }
};

TEST_P(SavedModels, PredictWhatKerasPredicts) {
  const std::string out = temporary("y.npy");
  run({kiln(), "predict", model(), "--data", arrays(), "-o", out});
  expect_near(out, data(name() + ".predictions.npy"), 1e-6f);
}

TEST_P(SavedModels, TrainAsKerasTrains) {
  const std::string saved = temporary("trained.keras"), history = temporary("history.json");
  run({kiln(), "fit", model(), "--weights", model(), "--data", arrays(), "--epochs", "3",
       "--batch-size", "5", "--no-shuffle", "--save", saved, "--history", history});
  const auto own = nlohmann::json::parse(read_file(history));
  const auto losses = nlohmann::json::parse(read_file(data(name() + ".losses.json")));
  ASSERT_TRUE(own.contains("loss")) << own;
  for (size_t epoch = 0; epoch < 3; ++epoch)
    EXPECT_NEAR(own["loss"][epoch].get<double>(), losses[epoch].get<double>(), 1e-5);
  const std::string out = temporary("y.npy");
  run({kiln(), "predict", saved, "--data", arrays(), "-o", out});
  expect_near(out, data(name() + ".trained.npy"), 1e-5f);
}

INSTANTIATE_TEST_SUITE_P(Texts, SavedModels,
                         ::testing::Values("reviews", "bags", "table", "crosses"),
                         [](const auto& info) { return info.param; });

TEST(TextData, AnExecutableReadsTexts) {
  const std::string program = temporary("program"), out = temporary("y.npy");
  run({kiln(), "compile", data("reviews.keras"), "-o", program});
  EXPECT_THAT(run_command({program, "info"}).out,
              HasSubstr("texts, by the model's own vocabulary"));
  run({program, "predict", "--data", data("reviews.npz"), "-o", out});
  expect_near(out, data("reviews.predictions.npy"), 1e-6f);
  const std::string table =
      write_temporary("reviews.tsv", "text\tlabel\na good film\t1\nawful\t0\n");
  run({program, "predict", "--data", table + ":label=none", "-o", out});
  const auto own = runtime::load_npy(out),
             keras = runtime::load_npy(data("reviews.predictions.npy"));
  ASSERT_EQ(own->rows(), 2);
  EXPECT_NEAR(own->as<float>()[0], keras->as<float>()[0], 1e-6f);
  EXPECT_NEAR(own->as<float>()[1], keras->as<float>()[4], 1e-6f);
}

TEST(TextData, AnExecutableOfBagsOfWordsIsCompiledForALength) {
  const std::string program = temporary("program"), out = temporary("y.npy");
  expect_mistake({kiln(), "compile", data("bags.keras"), "-o", program}, "--shape");
  run({kiln(), "compile", data("bags.keras"), "--shape", "9", "-o", program});
  run({program, "predict", "--data", data("bags.npz"), "-o", out});
  expect_near(out, data("bags.predictions.npy"), 1e-6f);
  run({kiln(), "compile", data("bags.keras"), "--shape", "4", "-o", program});
  expect_mistake({program, "predict", "--data", data("bags.npz"), "-o", out},
                 "its longest text has 7 tokens, but the model was compiled for 4");
}

TEST(TextData, NumbersAreNoTexts) {
  const std::string x = save_temporary("x.npy", runtime::allocate(KILN_F32, {2, 1}));
  expect_mistake({kiln(), "predict", data("reviews.keras"), "--data", x},
                 "holds numbers (2x1xf32), but the model takes texts");
}

}  // namespace
}  // namespace kiln::tests
