// The kiln command, and an executable, with data that a model cannot take: one error, status 2, and
// nothing written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "frontend/keras/layers.h"
#include "frontend/keras/model.h"
#include "runtime/npy.h"
#include "runtime/npz.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using runtime::Array;
using ::testing::HasSubstr;
using ::testing::StartsWith;

void expect_mistake(const std::vector<std::string>& words, const std::string& says) {
  const CommandResult result = run_command(words);
  EXPECT_EQ(result.status, 2) << result.out;
  EXPECT_THAT(result.err, StartsWith("error: "));
  EXPECT_THAT(result.err, HasSubstr(says));
}

template <typename T>
std::string saved(const std::string& name, kiln_element_type type, std::vector<int64_t> dims,
                  const std::vector<T>& values) {
  const std::string path = temporary(name);
  EXPECT_TRUE(runtime::save_npy(path, runtime::copy_of(type, std::move(dims), values.data())));
  return path;
}

/// Three words of a vocabulary of 6, to one number.
std::string word_model() {
  using namespace keras;
  Sequential model({Input({3}), Embedding(6, 2), Flatten(), Dense(1)}, "words");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return write_temporary("words.json", *model.to_json());
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
      expect("fit", {"--data", x + "," + y, "--save", out});
      expect("evaluate", {"--data", x + "," + y, "--weights", weights});
      expect("predict", {"--data", x, "--weights", weights, "-o", out});
    }
  }
  expect_mistake({kiln(), "fit", model, "--data", good + "," + y, "--validation-data",
                  large + "," + y, "--save", out},
                 says[0]);
  EXPECT_FALSE(exists(out));
}

}  // namespace
}  // namespace kiln::tests
