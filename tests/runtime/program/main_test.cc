#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/array.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/program/commands.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

struct Result {
  int status;
  std::string out;
  std::string error;
};

Result run(const kiln_model& model, std::vector<std::string> arguments,
           const kiln_checkpoint* checkpoint = nullptr) {
  arguments.insert(arguments.begin(), "./fake");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = run_main({model, checkpoint}, static_cast<int>(arguments.size()), argv.data());
  return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

std::string read(const std::string& path) {
  std::string text;
  if (FILE* file = std::fopen(path.c_str(), "rb")) {
    for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    std::fclose(file);
  }
  return text;
}

// A folder of its own with x.npy, y.npy and train-test.npz for the fake regression.
class Main : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/kiln_main_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Array x = allocate(KILN_F32, {30, 2});
    Array y = allocate(KILN_F32, {30, 1});
    for (int i = 0; i < 30; ++i) {
      x.as<float>()[2 * i] = static_cast<float>(i % 7) / 7;
      x.as<float>()[2 * i + 1] = static_cast<float>(i % 5) / 5;
      y.as<float>()[i] = 3 * x.as<float>()[2 * i] - x.as<float>()[2 * i + 1] + 1;
    }
    ASSERT_TRUE(save_npy(path("x.npy"), x));
    ASSERT_TRUE(save_npy(path("y.npy"), y));
    ASSERT_TRUE(save_npz(path("all.npz"), {{"x_train", x.slice_rows(0, 24)},
                                           {"y_train", y.slice_rows(0, 24)},
                                           {"x_test", x.slice_rows(24, 30)},
                                           {"y_test", y.slice_rows(24, 30)}}));
    xy_ = path("x.npy") + "," + path("y.npy");
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  int file_count() const {
    int count = 0;
    DIR* directory = opendir(folder_.c_str());
    while (readdir(directory) != nullptr) ++count;
    closedir(directory);
    return count;
  }

  std::string folder_;
  std::string xy_;
};

// One error on stderr, status 2, and no new file.
void expect_error(const Result& result, const std::string& error) {
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.error.substr(0, error.size()), error) << result.error;
  EXPECT_EQ(result.error.find("error: ", 1), std::string::npos) << "a single error";
}

TEST_F(Main, FitSavesThenEvaluatesAndPredicts) {
  const Result fit = run(fake_regression(), {"fit", "--data", path("all.npz"), "--epochs", "40",
                                             "--save", path("w.npz"), "--history", path("h.json"),
                                             "--verbose", "2", "--validation-split", "0.25"});
  EXPECT_EQ(fit.status, 0) << fit.error;
  EXPECT_EQ(fit.error, "");
  EXPECT_NE(fit.out.find("Epoch 40/40\n5/5 - 0s - "), std::string::npos) << fit.out;
  EXPECT_NE(fit.out.find("val_loss: "), std::string::npos) << fit.out;
  EXPECT_NE(fit.out.find("test set, 6 examples:\n2/2 - 0s - "), std::string::npos) << fit.out;
  EXPECT_EQ(read(path("h.json")).rfind("{\"absolute_error\": [", 0), 0u);

  const Result evaluate = run(fake_regression(), {"evaluate", "--data", path("all.npz"),
                                                  "--weights", path("w.npz"), "--verbose", "0"});
  EXPECT_EQ(evaluate.status, 0) << evaluate.error;
  EXPECT_EQ(evaluate.out.rfind("absolute_error: ", 0), 0u) << evaluate.out;
  const std::string answer = evaluate.out.substr(0, evaluate.out.size() - 1);
  EXPECT_NE(fit.out.find(answer), std::string::npos) << "fit: " << fit.out << answer;

  const Result predict = run(fake_regression(), {"predict", "--data", path("x.npy"), "--weights",
                                                 path("w.npz"), "-o", path("p.npy")});
  EXPECT_EQ(predict.status, 0) << predict.error;
  EXPECT_NE(predict.out.find("row 19: "), std::string::npos) << predict.out;
  EXPECT_EQ(predict.out.find("row 20: "), std::string::npos) << predict.out;
  EXPECT_NE(predict.out.find("... and 10 more rows; --all prints them\n"), std::string::npos);
  auto predictions = load_npy(path("p.npy"));
  ASSERT_TRUE(predictions);
  EXPECT_EQ(predictions->name(), "30x1xf32");
  EXPECT_NEAR(predictions->as<float>()[0], 1, 0.2);
}

TEST_F(Main, ResumedTrainingEndsWhereStraightTrainingDoes) {
  ASSERT_EQ(run(fake_regression(), {"fit", "--data", xy_, "--epochs", "5", "--seed", "3", "--save",
                                    path("straight.npz")})
                .status,
            0);
  ASSERT_EQ(run(fake_regression(),
                {"fit", "--data", xy_, "--epochs", "2", "--seed", "3", "--save", path("first.npz")})
                .status,
            0);
  ASSERT_EQ(run(fake_regression(),
                {"fit", "--data", xy_, "--epochs", "5", "--initial-epoch", "2", "--seed", "3",
                 "--weights", path("first.npz"), "--save", path("second.npz")})
                .status,
            0);
  auto straight = load_npz(path("straight.npz"));
  auto second = load_npz(path("second.npz"));
  ASSERT_TRUE(straight && second);
  const Array* a = find_array(*straight, "linear/kernel");
  const Array* b = find_array(*second, "linear/kernel");
  ASSERT_TRUE(a != nullptr && b != nullptr);
  EXPECT_EQ(a->as<float>()[0], b->as<float>()[0]);
  EXPECT_EQ(a->as<float>()[1], b->as<float>()[1]);
}

TEST_F(Main, PredictPrintsClasses) {
  Array x = allocate(KILN_F32, {3, 2});
  const float values[] = {0.9f, 0.1f, 0.2f, 0.75f, 0, 0};
  std::copy(values, values + 6, x.as<float>());
  ASSERT_TRUE(save_npy(path("c.npy"), x));
  const Result predict = run(fake_classifier(), {"predict", "--data", path("c.npy")});
  EXPECT_EQ(predict.status, 0) << predict.error;
  EXPECT_NE(predict.out.find("row 0: class 0 (0.9)\nrow 1: class 1 (0.75)\nrow 2: class 2 (0.5)\n"),
            std::string::npos)
      << predict.out;
}

TEST_F(Main, AProgramThatCarriesWeightsIsTrained) {
  const kiln_model& model = fake_regression();
  const float kernel[] = {3, -1}, bias[] = {1};
  std::vector<const void*> values(static_cast<size_t>(model.variable_count), nullptr);
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string_view name = model.variables[i].tensor.name;
    values[i] = name == "linear/kernel" ? kernel : name == "linear/bias" ? bias : nullptr;
  }
  const kiln_checkpoint checkpoint{values.data(), nullptr, nullptr};
  const Result evaluate = run(model, {"evaluate", "--data", xy_, "--verbose", "0"}, &checkpoint);
  EXPECT_EQ(evaluate.status, 0) << evaluate.error;
  EXPECT_NE(evaluate.out.find("loss: 0.0000"), std::string::npos) << evaluate.out;
  const Result fit =
      run(model, {"fit", "--data", xy_, "--epochs", "1", "--save", path("w.npz")}, &checkpoint);
  EXPECT_EQ(fit.status, 0) << fit.error;
  EXPECT_NE(fit.out.find("weights: the program's own, without optimizer's state"),
            std::string::npos)
      << fit.out;
  EXPECT_NE(fit.out.find("loss: 0.0000"), std::string::npos) << fit.out;
  EXPECT_NE(run(model, {"info"}, &checkpoint).out.find("\nweights: trained, in this program\n"),
            std::string::npos);
}

TEST_F(Main, InfoDescribesTheModel) {
  const Result info = run(fake_regression(), {"info"});
  EXPECT_EQ(info.status, 0);
  for (const char* part :
       {"fake, compiled by kiln for x86-64-linux", "loss of linear: mean_squared_error",
        "\nweights: none; fit trains new ones, --weights reads a file of them\n",
        "train_step(x: 4x2xf32, y: 4x1xf32, count: i32) -> batch_loss, loss, absolute_error\n"
        "    batch 4, 3 kernels, arena of 256 bytes (lower bound 128)",
        "linear/kernel            2x1xf32  trainable\n",
        "optimizer/iterations     i64      optimizer\n"}) {
    EXPECT_NE(info.out.find(part), std::string::npos) << part << "\n" << info.out;
  }
  EXPECT_EQ(run(fake_regression(), {"--version"}).out,
            "fake, compiled by kiln for x86-64-linux, runtime interface 6\n");
}

TEST_F(Main, WrongInputWritesNothing) {
  const int files = file_count();
  const kiln_model& model = fake_regression();
  expect_error(run(model, {"frobnicate"}), "error: there is no command \"frobnicate\"\nnote: ");
  expect_error(run(model, {"fit", "--data", path("none.npz"), "--save", path("w.npz")}), "error: ");
  expect_error(run(model, {"fit", "--data", xy_, "--save", path("no/w.npz")}), "error: ");
  expect_error(run(model, {"fit", "--data", xy_, "--save", folder_}),
               "error: " + folder_ + ": is a directory");
  expect_error(run(model, {"fit", "--data", xy_, "--history", path("no/h.csv")}), "error: ");
  expect_error(
      run(model, {"fit", "--data", xy_, "--weights", path("x.npy"), "--save", path("w.npz")}),
      "error: ");
  expect_error(run(model, {"fit", "--data", path("x.npy")}), "error: ");
  expect_error(run(model, {"evaluate", "--data", xy_}),
               "error: without --weights the model is untrained\n"
               "note: give the file that fit --save wrote");
  expect_error(run(model, {"predict", "--data", xy_}), "error: without --weights");
  EXPECT_EQ(file_count(), files);
}

TEST_F(Main, CallbacksComeFromOptions) {
  const Result fit = run(fake_regression(), {"fit",
                                             "--data",
                                             xy_,
                                             "--epochs",
                                             "20",
                                             "--verbose",
                                             "2",
                                             "--validation-data",
                                             path("all.npz"),
                                             "--csv-log",
                                             path("log.csv"),
                                             "--checkpoint",
                                             path("m{epoch:02d}.npz,save_best_only"),
                                             "--learning-rate-schedule",
                                             "exponential,decay_rate=0.5",
                                             "--early-stopping",
                                             "monitor=loss,patience=2,min_delta=9",
                                             "--terminate-on-nan",
                                             "--tensorboard",
                                             path("logs"),
                                             "--backup",
                                             path("backup")});
  EXPECT_EQ(fit.status, 0) << fit.error;
  EXPECT_NE(fit.out.find("Epoch 3/20"), std::string::npos) << fit.out;
  EXPECT_EQ(fit.out.find("Epoch 4/20"), std::string::npos) << fit.out;
  EXPECT_NE(fit.out.find(" - learning_rate: 0.0125\n"), std::string::npos) << fit.out;
  EXPECT_EQ(read(path("log.csv"))
                .rfind("epoch,absolute_error,learning_rate,loss,"
                       "val_absolute_error,val_loss\r\n0,",
                       0),
            0u)
      << read(path("log.csv"));
  EXPECT_NE(read(path("m01.npz")), "");
  EXPECT_TRUE(std::filesystem::is_directory(path("logs/validation")));
  EXPECT_FALSE(std::filesystem::exists(path("backup")));
}

void write(const std::string& path, const std::string& text) {
  FILE* const file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr) << path;
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

TEST_F(Main, TextsKeepTheirVocabularyBesideTheWeights) {
  const kiln_model& model = fake_regression();
  write(path("r.tsv"), "text\tlabel\nGood film!\t1\nbad film\t0\nfilm\t0\n");
  const Result fit =
      run(model, {"fit", "--data", path("r.tsv"), "--save", path("w.npz"), "--max-tokens", "4"});
  EXPECT_EQ(fit.status, 0) << fit.error;
  EXPECT_NE(fit.out.find("data: 3 texts, from " + path("r.tsv") + "; 4 words\n"), std::string::npos)
      << fit.out;
  EXPECT_EQ(read(path("w.vocabulary.txt")), "film\ngood\n");
  // Other texts get the numbers of those words.
  write(path("other.tsv"), "text\tlabel\nbad bad\t1\ngood bad good film\t0\n");
  const Result predict = run(model, {"predict", "--data", path("other.tsv"), "--weights",
                                     path("w.npz"), "-o", path("p.npy")});
  EXPECT_EQ(predict.status, 0) << predict.error;
  write(path("ids.txt"), "1 1\n3 1\n");
  const Result same = run(model, {"predict", "--data", path("ids.txt"), "--weights", path("w.npz"),
                                  "-o", path("q.npy")});
  EXPECT_EQ(same.status, 0) << same.error;
  EXPECT_EQ(read(path("p.npy")), read(path("q.npy")));
  std::filesystem::remove(path("w.vocabulary.txt"));
  expect_error(run(model, {"evaluate", "--data", path("r.tsv"), "--weights", path("w.npz")}),
               "error: " + path("w.vocabulary.txt") + ": the vocabulary of the model is not there");
}

TEST_F(Main, ANewVocabularyIsAsLargeAsTheModels) {
  const kiln_input words = {"words", 3};
  kiln_model model = fake_regression();
  model.inputs = &words;
  write(path("r.tsv"), "text\tlabel\nGood film!\t1\nbad film\t0\nfilm\t0\n");
  const Result fit = run(model, {"fit", "--data", path("r.tsv"), "--save", path("w.npz")});
  EXPECT_EQ(fit.status, 0) << fit.error;
  EXPECT_EQ(read(path("w.vocabulary.txt")), "film\n");
  expect_error(run(model, {"fit", "--data", path("r.tsv"), "--max-tokens", "4"}),
               "error: x: row 0, element 0 (counted from 0) is 3, but the model's input \"words\" "
               "takes ids from a vocabulary of 3, 0 to 2\n");
}

TEST_F(Main, AnExecutableRefusesImages) {
  std::filesystem::create_directories(path("images/cat"));
  write(path("images/cat/a.png"), "");
  expect_error(run(fake_regression(), {"fit", "--data", path("images")}),
               "error: " + path("images") + ": holds images, which an executable cannot read\n");
}

TEST_F(Main, WrongCallbacksTrainNothing) {
  const kiln_model& model = fake_regression();
  expect_error(run(model, {"fit", "--data", xy_, "--early-stopping", "patient=1"}),
               "error: --early-stopping: has no option \"patient\"\nnote: did you mean patience? ");
  expect_error(run(model, {"fit", "--data", xy_, "--early-stopping", "patience=1"}),
               "error: EarlyStopping: there is no metric \"val_loss\"\nnote: it needs validation");
  expect_error(run(model, {"fit", "--data", xy_, "--validation-batch-size", "8"}),
               "error: --validation-batch-size: is 8, the model was compiled for batches of 4\n");
  expect_error(run(model, {"evaluate", "--data", xy_, "--terminate-on-nan"}),
               "error: evaluate has no option --terminate-on-nan\n");
  expect_error(run(model, {"fit", "--data", xy_, "--validation-data", path("none.npz")}),
               "error: ");
}

TEST_F(Main, TheTestPartMustExist) {
  ASSERT_EQ(run(fake_regression(), {"fit", "--data", xy_, "--save", path("w.npz")}).status, 0);
  expect_error(run(fake_regression(),
                   {"evaluate", "--data", xy_, "--weights", path("w.npz"), "--part", "test"}),
               "error: " + xy_ + ": has no test set");
  const Result train = run(fake_regression(), {"evaluate", "--data", path("all.npz"), "--weights",
                                               path("w.npz"), "--part", "train"});
  EXPECT_NE(train.out.find("\n24 examples:\n6/6 "), std::string::npos) << train.out;
}

TEST_F(Main, AModelForPredictionRefusesToTrain) {
  kiln_model model = fake_regression();
  const kiln_function predict_only[] = {fake_regression().functions[3]};
  model.functions = predict_only;
  model.function_count = 1;
  expect_error(run(model, {"fit", "--data", xy_, "--save", path("w.npz")}),
               "error: fake: the model has no function train_step\nnote: ");
}

}  // namespace
}  // namespace kiln::runtime
