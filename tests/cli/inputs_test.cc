// Types of inputs, arrays by name, and metrics of several numbers, on the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/metrics/metrics.h"
#include "frontend/keras/model/model.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using runtime::Array;
using ::testing::HasSubstr;

template <typename T>
Array array_of(kiln_element_type type, const std::vector<int64_t>& dims,
               const std::vector<T>& values) {
  return runtime::copy_of(type, dims, values.data());
}

/// The sum of two numbers of that type.
std::string sum_model(const std::string& dtype) {
  using namespace keras;
  Sequential model({Input({2}, dtype), Dense({.units = 1, .kernel_initializer = "ones"})}, "sum");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return write_temporary("sum_" + dtype + ".json", *to_json(model));
}

TEST(Inputs, HaveTheirType) {
  const std::string y = save_temporary("y.npy", array_of<float>(KILN_F32, {2, 1}, {1, 2}));
  const std::string small =
      save_temporary("small.npy", array_of<int64_t>(KILN_I64, {2, 2}, {1, 2, 3, 4}));
  const std::string data = small + "," + y;
  for (const char* dtype : {"float32", "float64", "int64", "int32", "int16", "int8", "uint8"}) {
    const CommandResult result =
        run_command({kiln(), "fit", sum_model(dtype), "--data", data, "--verbose", "0"});
    EXPECT_EQ(result.status, 0) << dtype << ": " << result.err;
  }
  const std::string large =
      save_temporary("large.npy", array_of<int64_t>(KILN_I64, {2, 2}, {1, 2, 3, 300}));
  expect_mistake(
      {kiln(), "fit", sum_model("uint8"), "--data", large + "," + y},
      "x: row 1, element 1 (counted from 0) is 300, but the model takes u8, whole numbers "
      "from 0 to 255");
  expect_mistake({kiln(), "fit", sum_model("bool"), "--data", large + "," + y}, "takes i1");
  const std::string huge =
      save_temporary("huge.npy", array_of<int64_t>(KILN_I64, {2, 2}, {1, 2, 3, int64_t{1} << 40}));
  expect_mistake({kiln(), "fit", sum_model("int64"), "--data", huge + "," + y}, "takes i32");
  // Such a model can only be read.
  std::string text = read_file(sum_model("int8"));
  text.replace(text.find("int8"), 4, "float16");
  expect_mistake(
      {kiln(), "fit", write_temporary("half.json", text), "--data", small + "," + y},
      "dtype \"float16\" is not supported for inputs\nnote: Keras would round data to it");
}

TEST(Inputs, AreArraysByTheirNames) {
  const std::string model = sum_model("float32"), file = temporary("data.npz");
  const Array x = array_of<double>(KILN_F64, {2, 2}, {1, 2, 3, 4});
  const Array y = array_of<uint8_t>(KILN_U8, {2}, {3, 7});
  ASSERT_TRUE(runtime::save_npz(file, {{"features", x}, {"labels", y}, {"ids", y}}));
  const CommandResult fit =
      run_command({kiln(), "fit", model, "--data", file + ":x=features,y=labels"});
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("2 examples of 2xf64"));
  expect_mistake({kiln(), "fit", model, "--data", file + ":x=feature,y=labels"},
                 "holds no array feature\nnote: it holds features, labels, ids");
  expect_mistake({kiln(), "fit", model, "--data", file + ":x"},
                 "'x' does not say which array is what");
}

TEST(Metrics, OfSeveralNumbersAreLists) {
  using namespace keras;
  Sequential net({Input({2}), Dense(3, "softmax")}, "classes");
  net.compile({.optimizer = "sgd",
               .loss = "categorical_crossentropy",
               .metrics = std::vector<Metric>{
                   keras::metrics::F1Score(),
                   keras::metrics::Recall({.threshold = 0.2, .further_thresholds = {0.4}})}});
  const std::string model = write_temporary("classes.json", *to_json(net));
  const std::string data =
      save_temporary("x.npy", array_of<float>(KILN_F32, {3, 2}, {1, 2, 3, 4, 5, 6})) + "," +
      save_temporary("y.npy", array_of<float>(KILN_F32, {3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}));
  const std::string history = temporary("h.json"), log = temporary("log.csv"),
                    weights = temporary("w.npz");
  const CommandResult fit =
      run_command({kiln(), "fit", model, "--data", data, "--epochs", "2", "--history", history,
                   "--csv-log", log, "--save", weights});
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(read_file(history), HasSubstr("\"f1_score\": [["));
  EXPECT_THAT(read_file(history), HasSubstr("\"recall\": [["));
  EXPECT_THAT(read_file(log), HasSubstr("\"\"\"["));
  const CommandResult evaluate =
      run_command({kiln(), "evaluate", model, "--data", data, "--weights", weights});
  EXPECT_THAT(evaluate.out, HasSubstr("\nf1_score: ["));
  expect_mistake(
      {kiln(), "fit", model, "--data", data, "--early-stopping", "monitor=f1_score,mode=max"},
      "takes one number, the metric \"f1_score\" has several");
}

}  // namespace
}  // namespace kiln::tests
