// The kiln command, and an executable, with data that a model cannot take: one error, status 2, and
// nothing written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/model/model.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using runtime::Array;
using ::testing::HasSubstr;

template <typename T>
std::string saved(const std::string& name, kiln_element_type type, const std::vector<int64_t>& dims,
                  const std::vector<T>& values) {
  return save_temporary(name, runtime::copy_of(type, dims, values.data()));
}

/// Three words of a vocabulary of 6, to one number.
std::string word_model() {
  using namespace keras;
  Sequential model({Input({3}), Embedding(6, 2), Flatten(), Dense(1)}, "words");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return write_temporary("words.json", *to_json(model));
}

TEST(Data, IdsOutsideTheVocabularyAreFoundBeforeTheFirstStep) {
  const std::string model = word_model(), weights = temporary("w.npz"), out = temporary("out.npz");
  const std::string y = saved<float>("y.npy", KILN_F32, {2, 1}, {1, 2});
  const std::string good = saved<int64_t>("good.npy", KILN_I64, {2, 3}, {0, 1, 2, 3, 4, 5});
  const std::string large = saved<int64_t>("large.npy", KILN_I64, {2, 3}, {0, 1, 2, 3, 4, 6});
  const std::string negative = saved<float>("negative.npy", KILN_F32, {2, 3}, {0, 1, 2, 3, -1, 5});
  const std::string program = temporary("words");
  ASSERT_EQ(run_command({kiln(), "fit", model, "--data", good + "," + y, "--save", weights}).status,
            0);
  ASSERT_EQ(run_command({kiln(), "compile", model, "-o", program}).status, 0);
  const std::string input =
      "but the model's input \"input_layer\" takes ids from a vocabulary of 6";
  const std::string says[] = {"x: row 1, element 2 (counted from 0) is 6, " + input,
                              "x: row 1, element 1 (counted from 0) is -1, " + input};
  for (const bool executable : {false, true}) {
    const auto words = [&](const char* command) {
      return executable ? std::vector<std::string>{program, command}
                        : std::vector<std::string>{kiln(), command, model};
    };
    for (const bool is_large : {false, true}) {
      const std::string& x = is_large ? large : negative;
      const auto expect = [&](const char* command, std::vector<std::string> options) {
        const std::vector<std::string> first = words(command);
        options.insert(options.begin(), first.begin(), first.end());
        expect_mistake(options, is_large ? says[0] : says[1]);
      };
      std::string both = x;
      both.append(",").append(y);
      expect("fit", {"--data", both, "--save", out});
      expect("evaluate", {"--data", both, "--weights", weights});
      expect("predict", {"--data", x, "--weights", weights, "-o", out});
    }
  }
  expect_mistake({kiln(), "fit", model, "--data", good + "," + y, "--validation-data",
                  large + "," + y, "--save", out},
                 says[0]);
  EXPECT_FALSE(exists(out));
}

/// Four numbers to one of three classes.
std::string classifier() {
  using namespace keras;
  Sequential model({Input({4}), Dense({.units = 3, .activation = "softmax", .name = "kind"})}, "m");
  model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
  return write_temporary("m.json", *to_json(model));
}

class Clumsy : public ::testing::Test {
 protected:
  void SetUp() override {
    model_ = classifier();
    x_ = saved<float>("x.npy", KILN_F32, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
    y_ = saved<int64_t>("y.npy", KILN_I64, {2}, {0, 2});
    xy_ = x_ + "," + y_;
    out_ = temporary("out.npz");
  }

  void expect_fit_error(const std::string& data, std::vector<std::string> options,
                        const std::string& says) {
    options.insert(options.begin(), {kiln(), "fit", model_, "--data", data, "--save", out_});
    expect_mistake(options, says);
    EXPECT_FALSE(exists(out_));
  }

  std::string model_, x_, y_, xy_, out_;
};

TEST_F(Clumsy, WrongDataIsOneError) {
  const float nan = std::nanf("");
  const std::string wide = saved<float>("wide.npy", KILN_F32, {2, 5}, std::vector<float>(10));
  const std::string none = saved<float>("none.npy", KILN_F32, {0, 4}, {});
  const std::string scalar = saved<float>("scalar.npy", KILN_F32, {}, {1});
  const std::string nan_labels = saved<float>("nan.npy", KILN_F32, {2}, {0, nan});
  const std::string one_hot = saved<float>("hot.npy", KILN_F32, {2, 3}, {1, 0, 0, 0, 1, 0});
  const std::string three = saved<int64_t>("three.npy", KILN_I64, {3}, {0, 1, 2});
  expect_fit_error(wide + "," + y_, {}, "x: each row is 5xf32, but the model 'm' takes 4xf32");
  expect_fit_error(none + "," + y_, {}, "x holds no examples: it is 0x4xf32");
  expect_fit_error(scalar + "," + y_, {}, "x holds no examples: it is f32");
  expect_fit_error(x_ + "," + nan_labels, {}, "y: row 1 (counted from 0) is NaN");
  expect_fit_error(x_ + "," + one_hot, {}, "use numpy.argmax(y, axis=-1)");
  expect_fit_error(x_ + "," + three, {}, "x has 2 rows and y has 3");
  expect_fit_error(x_, {}, "y: has no labels");
  expect_fit_error(xy_ + "," + y_, {}, "names more than two files");
  expect_fit_error(xy_, {"--validation-data", wide + "," + y_}, "validation x: each row is 5xf32");
  expect_fit_error(xy_, {"--validation-data", x_}, "validation y: has no labels");
  expect_fit_error(xy_, {"--validation-split", "0.9"}, "2 examples cannot be split");
}

TEST_F(Clumsy, WrongWeightsAreOneError) {
  const std::string nan = saved<float>("w.npy", KILN_F32, {2}, {1, std::nanf("")});
  const std::string three = saved<float>("w3.npy", KILN_F32, {3}, {1, 1, 1});
  expect_fit_error(xy_, {"--sample-weight", nan}, "sample_weight: row 1 (counted from 0) is NaN");
  expect_fit_error(xy_, {"--sample-weight", three}, "x has 2 rows and sample_weight has 3");
  expect_fit_error(xy_, {"--class-weight", "0:1,3:2"},
                   "class weights: name the class 3, the model has 3, 0 to 2");
}

TEST_F(Clumsy, WrongOptionsAreOneError) {
  expect_fit_error(xy_, {"--seed", "-1"}, "--seed");
  expect_fit_error(xy_, {"--seed", "99999999999999999999"}, "--seed");
  expect_fit_error(xy_, {"--learning-rate", "nan"}, "--learning-rate: must be a number from 0");
  expect_fit_error(xy_, {"--learning-rate", "-1"}, "--learning-rate: must be a number from 0");
  expect_fit_error(xy_, {"--epoch", "2"}, "--epoch");
  expect_fit_error(xy_, {"--batch-size", "0"}, "--batch-size");
}

TEST_F(Clumsy, WhatCannotBeWrittenIsKnownBeforeTraining) {
  const std::string nowhere = temporary("nowhere/out"), file = x_ + "/out";
  expect_mistake({kiln(), "fit", model_, "--data", xy_, "--save", nowhere + ".npz"},
                 nowhere + ".npz: cannot create");
  expect_fit_error(xy_, {"--history", nowhere + ".json"}, nowhere + ".json: cannot create");
  expect_fit_error(xy_, {"--csv-log", nowhere + ".csv"}, nowhere + ".csv: cannot create");
  for (const char* option : {"--tensorboard", "--backup"})
    expect_fit_error(xy_, {option, file}, "cannot make the directory");
  expect_fit_error(xy_, {"--checkpoint", file + ".npz"}, "cannot");
  expect_fit_error(xy_, {"--checkpoint", temporary("c.txt")}, "the name must end in .keras");
  expect_mistake({kiln(), "fit", model_, "--data", xy_, "--save", temporary("out.txt")},
                 "the name must end in .keras or .npz or .weights.h5");
  const std::string program = temporary("m");
  ASSERT_EQ(run_command({kiln(), "compile", model_, "-o", program}).status, 0);
  expect_mistake({program, "fit", "--data", xy_, "--save", temporary("out.keras")},
                 "the name must end in .npz");
  ASSERT_EQ(run_command({program, "fit", "--data", xy_, "--save", out_}).status, 0);
  expect_mistake({program, "predict", "--data", x_, "--weights", out_, "-o", temporary("y.csv")},
                 "it must end in .npy or .npz");
  for (const char* name : {"out.txt", "out.keras", "y.csv", "c.txt"})
    EXPECT_FALSE(exists(temporary(name))) << name;
}

/// What predict prints of a model that gives its inputs, `layer` applied, as they are.
std::string rows_of(const keras::AnyLayer& layer, std::vector<std::string> options) {
  using namespace keras;
  Sequential model({Input({3}), layer}, "inputs");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const std::string path = write_temporary("inputs.json", *to_json(model));
  options.insert(options.begin(), {kiln(), "predict", path, "--data"});
  const CommandResult result = run_command(options);
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out.substr(std::min(result.out.find("row 0"), result.out.size()));
}

TEST(Data, BytesAreScaledWhereThatIsAskedAlone) {
  const keras::Flatten plain;
  const keras::Rescaling rescaling(1.0 / 255);
  const std::string bytes = saved<uint8_t>("bytes.npy", KILN_U8, {2, 3}, {255, 51, 0, 1, 2, 3});
  const std::string words = saved<int16_t>("words.npy", KILN_I16, {2, 3}, {255, 51, 0, 1, 2, 3});
  const std::string archive = temporary("bytes.npz");
  ASSERT_TRUE(runtime::save_npz(archive, {{"x", *runtime::load_npy(bytes)}}));
  for (const std::string& data : {bytes, words, archive}) {
    EXPECT_EQ(rows_of(plain, {data}), "row 0: 255 51 0\nrow 1: 1 2 3\n") << data;
    const std::string scaled = "row 0: 1 0.2 0\nrow 1: 0.00392157 0.00784314 0.0117647\n";
    EXPECT_EQ(rows_of(rescaling, {data}), scaled) << data;
    EXPECT_EQ(rows_of(plain, {data, "--scale", "1/255"}), scaled) << data;
    EXPECT_EQ(rows_of(plain, {data, "--scale=-2"}), "row 0: -510 -102 -0\nrow 1: -2 -4 -6\n");
  }
}

TEST(Data, WhetherACsvFileHasAHeaderCanBeSaid) {
  const std::string years = write_temporary("years.csv", "2019,2020,2021\n1,2,3\n");
  const keras::Flatten plain;
  EXPECT_EQ(rows_of(plain, {years + ":label=none,header=yes"}), "row 0: 1 2 3\n");
  EXPECT_EQ(rows_of(plain, {years + ":header=no,label=none"}),
            "row 0: 2019 2020 2021\nrow 1: 1 2 3\n");
  expect_mistake({kiln(), "predict", temporary("inputs.json"), "--data", years + ":label=none"},
                 years + ":1:1: the first line may be numbers of columns, or an example");
}

/// Four words of a text to one of two moods.
std::string mood_model() {
  using namespace keras;
  Sequential model({Input({4}), Embedding(20, 4), Flatten(), Dense(1, "sigmoid")}, "moods");
  model.compile({.optimizer = Adam(0.1), .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  return write_temporary("moods.json", *to_json(model));
}

TEST(Data, ClassesKeepTheirNumbersWhateverADataSetHolds) {
  const std::string model = mood_model(), weights = temporary("moods.npz");
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 20; ++i) rows += "bad awful film\tneg\ngood great film\tpos\n";
  const std::string both = write_temporary("both.tsv", rows);
  const std::string one = write_temporary("one.tsv", "text\tlabel\ngood film\tpos\n");
  const std::string other = write_temporary("other.tsv", "text\tlabel\ngood film\tposh\n");
  const CommandResult fit = run_command({kiln(), "fit", model, "--data", both, "--validation-data",
                                         one, "--epochs", "10", "--save", weights});
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("val_accuracy: 1.0000"));
  EXPECT_EQ(read_file(temporary("moods.classes.txt")), "neg\npos\n");
  const std::vector<std::string> evaluate = {kiln(),      "evaluate", model,
                                             "--weights", weights,    "--data"};
  const auto with = [&](const std::string& data) {
    std::vector<std::string> words = evaluate;
    words.push_back(data);
    return words;
  };
  EXPECT_THAT(run_command(with(one)).out, HasSubstr("accuracy: 1.0000"));
  expect_mistake(with(other), other +
                                  ":2: \"posh\" is no class of the model's\n"
                                  "note: it was trained on neg, pos");
  std::remove(temporary("moods.classes.txt").c_str());
  EXPECT_THAT(run_command(with(both)).out, HasSubstr("accuracy: 1.0000"));
  expect_mistake(with(one), one + ": holds 1 class (pos), the model tells 2 apart");
  std::vector<std::string> named = with(one);
  named.insert(named.end(), {"--class-names", write_temporary("names.txt", "neg\npos\n")});
  EXPECT_THAT(run_command(named).out, HasSubstr("accuracy: 1.0000"));
  const std::string three = write_temporary("three.tsv", rows + "so so\tneutral\n");
  expect_mistake({kiln(), "fit", model, "--data", three},
                 three + ": holds 3 classes (neg, neutral, pos), the model tells 2 apart");
}

/// An executable has the numbers of words and classes that its weights were trained with.
TEST(Data, AnExecutableCarriesVocabularyAndClassNames) {
  const std::string model = mood_model(), weights = temporary("carried.npz");
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 20; ++i) rows += "bad awful film\tneg\ngood great film\tpos\n";
  const std::string both = write_temporary("carried.tsv", rows);
  const std::string one = write_temporary("one_mood.tsv", "text\tlabel\ngood film\tpos\n");
  ASSERT_EQ(run_command({kiln(), "fit", model, "--data", both, "--epochs", "10", "--save", weights})
                .status,
            0);
  const std::string program = temporary("moods");
  const CommandResult compiled =
      run_command({kiln(), "compile", model, "--weights", weights, "-o", program});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  for (const char* beside : {"carried.npz", "carried.classes.txt", "carried.vocabulary.txt"})
    ASSERT_EQ(std::remove(temporary(beside).c_str()), 0) << beside;
  EXPECT_THAT(run_command({program, "evaluate", "--data", one}).out, HasSubstr("accuracy: 1.0000"));
  const std::string saved = temporary("again.npz");
  ASSERT_EQ(run_command({program, "fit", "--data", both, "--epochs", "1", "--save", saved}).status,
            0);
  EXPECT_EQ(read_file(temporary("again.classes.txt")), "neg\npos\n");
  EXPECT_TRUE(exists(temporary("again.vocabulary.txt")));
  expect_mistake({kiln(), "compile", model, "--class-names", one, "-o", program},
                 "--class-names: goes with weights, and the executable has none");
}

TEST_F(Clumsy, ABatchLargerThanTheDataIsAShortOne) {
  const CommandResult fit =
      run_command({kiln(), "fit", model_, "--data", xy_, "--batch-size", "64", "--save", out_});
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("1/1 "));
  const std::string outputs = temporary("y.npy");
  EXPECT_EQ(run_command({kiln(), "predict", model_, "--data", x_, "--weights", out_, "-o", outputs})
                .status,
            0);
  EXPECT_EQ(runtime::load_npy(outputs)->name(), "2x3xf32");
}

TEST_F(Clumsy, AdaptGivesNormalizationTheTrainingData) {
  using namespace keras;
  Sequential model({Input({4}), Normalization(), Dense(3, "softmax")}, "m");
  model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
  const std::string path = write_temporary("n.json", *to_json(model));
  const std::vector<std::string> words = {kiln(), "fit", path, "--data", xy_, "--save", out_};
  const CommandResult plain = run_command(words);
  ASSERT_EQ(plain.status, 0) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("normalization: changes nothing; --adapt gives it"));
  std::vector<std::string> adapting = words;
  adapting.insert(adapting.end(), {"--adapt", "--validation-split", "0.5"});
  const CommandResult fit = run_command(adapting);
  ASSERT_EQ(fit.status, 0) << fit.err;
  const auto arrays = runtime::load_npz(out_);
  const Array* mean = find_array(*arrays, "normalization/mean");
  ASSERT_NE(mean, nullptr);
  EXPECT_EQ(mean->as<float>()[3], 4) << "of the first row: the second is for validation";
  expect_mistake({kiln(), "fit", model_, "--data", xy_, "--adapt"},
                 "--adapt: the model has no Normalization");
}

TEST_F(Clumsy, ValidationBatchSizeIsForTheCommandThatCompiles) {
  std::vector<std::string> words = {
      kiln(), "fit", model_, "--data", xy_, "--validation-data", xy_, "--validation-batch-size",
      "1"};
  const CommandResult fit = run_command(words);
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("val_loss: "));
}

TEST_F(Clumsy, CtrlCKeepsTheTraining) {
  const std::string history = temporary("h.json"), log = temporary("fit.log");
  // The shell waits for the first epochs, then sends what Ctrl-C sends.
  const std::string command = kiln() + " fit " + model_ + " --data " + xy_ + " --save " + out_ +
                              " --history " + history + " --epochs 1000000000 --verbose 2 >" + log +
                              " & until grep -q 'Epoch 3/' " + log +
                              " || ! kill -0 $!; do sleep 0.05; done; " + "kill -INT $!; wait $!";
  const CommandResult result = run_command({"/bin/bash", "-mc", command}, {"PATH=/usr/bin:/bin"});
  EXPECT_EQ(result.status, 130);
  EXPECT_THAT(result.err, HasSubstr("error: interrupted in epoch "));
  EXPECT_THAT(result.err, HasSubstr("--weights " + out_ + " --initial-epoch "));
  EXPECT_THAT(read_file(history), HasSubstr("\"loss\""));
  const CommandResult next = run_command({kiln(), "fit", model_, "--data", xy_, "--weights", out_,
                                          "--initial-epoch", "2", "--epochs", "3"});
  EXPECT_EQ(next.status, 0) << next.err;
}

}  // namespace
}  // namespace kiln::tests
