// Models whose inputs leave extents open (None), on the command line: data closes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/model/model.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using keras::kNone;
using runtime::Array;
using ::testing::HasSubstr;

/// Distinct small numbers.
Array ramp(std::vector<int64_t> dims) {
  Array array = runtime::allocate(KILN_F32, std::move(dims));
  for (int64_t i = 0; i < array.element_count(); ++i)
    array.as<float>()[i] = static_cast<float>(i * 7 % 11) / 11;
  return array;
}

/// Steps of two numbers, as many as there are, to one number.
std::string time_model() {
  using namespace keras;
  Sequential model({Input({kNone, 2}), GRU(3), Dense(1)}, "time");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return write_temporary("time.json", *to_json(model));
}

TEST(Shapes, FitTakesThemFromItsData) {
  const std::string model = time_model(), weights = temporary("w.npz"), out = temporary("y.npy");
  const std::string data =
      save_temporary("x6.npy", ramp({8, 6, 2})) + "," + save_temporary("y6.npy", ramp({8, 1}));
  const std::string longer = save_temporary("x9.npy", ramp({4, 9, 2}));
  const std::string validation = longer + "," + save_temporary("y9.npy", ramp({4, 1}));
  const CommandResult fit =
      run_command({kiln(), "fit", model, "--data", data, "--validation-data", validation,
                   "--batch-size", "4", "--epochs", "2", "--save", weights});
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("val_loss"));
  // The same weights, alone and for another length.
  const CommandResult evaluate =
      run_command({kiln(), "evaluate", model, "--data", validation, "--weights", weights,
                   "--batch-size", "4", "--verbose", "0"});
  ASSERT_EQ(evaluate.status, 0) << evaluate.err;
  const size_t loss = evaluate.out.find("loss: ");
  ASSERT_NE(loss, std::string::npos) << evaluate.out;
  EXPECT_THAT(fit.out, HasSubstr("val_" + evaluate.out.substr(loss, 12)));
  EXPECT_EQ(
      run_command({kiln(), "predict", model, "--data", longer, "--weights", weights, "-o", out})
          .status,
      0);
  const auto predicted = runtime::load_npy(out);
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->dims, (std::vector<int64_t>{4, 1}));
  expect_mistake({kiln(), "predict", model, "--data", save_temporary("x3.npy", ramp({4, 6, 3})),
                  "--weights", weights},
                 "x: each row is 6x3xf32, but the model 'time' takes (None, 2)");
}

TEST(Shapes, AreSaidToCompile) {
  const std::string model = time_model(), weights = temporary("w.npz"), program = temporary("time");
  const std::string x6 = save_temporary("x6.npy", ramp({8, 6, 2})),
                    x7 = save_temporary("x7.npy", ramp({8, 7, 2}));
  const std::string y = save_temporary("y.npy", ramp({8, 1})),
                    x9 = save_temporary("x9.npy", ramp({8, 9, 2}));
  expect_mistake({kiln(), "compile", model, "-o", program},
                 "an extent of the input is open: it takes (None, 2)\nnote: give the input's "
                 "shape: --shape");
  expect_mistake({kiln(), "compile", model, "-o", program, "--shape", "6,3"},
                 "--shape 6,3: the input \"input_layer\" takes (None, 2), not (6, 3)");
  expect_mistake({kiln(), "inspect", model, "--shape", "word=6,3"},
                 "--shape word=6,3: the model has no input \"word\"");
  expect_mistake({kiln(), "inspect", model, "--shape", "6,x"}, "--shape 6,x: is no shape");
  const CommandResult compile = run_command(
      {kiln(), "compile", model, "-o", program, "--shape", "6,2", "--shape", "input_layer=9,2"});
  ASSERT_EQ(compile.status, 0) << compile.err;
  EXPECT_THAT(run_command({program, "info"}).out, HasSubstr("train_step.9x2("));
  ASSERT_EQ(run_command({program, "fit", "--data", x6 + "," + y, "--save", weights}).status, 0);
  EXPECT_EQ(run_command({program, "fit", "--data", x9 + "," + y, "--weights", weights}).status, 0);
  EXPECT_EQ(run_command({program, "predict", "--data", x9, "--weights", weights}).status, 0);
  expect_mistake({program, "predict", "--data", x7, "--weights", weights},
                 "x: each row is 7x2xf32, but the model 'time' takes 6x2xf32 or 9x2xf32");
}

TEST(Shapes, OfSequencesAreTheLongest) {
  using namespace keras;
  Sequential model({Input({kNone}), Embedding({.input_dim = 9, .output_dim = 2, .mask_zero = true}),
                    LSTM(2), Dense(1)},
                   "words");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const std::string file = write_temporary("words.json", *to_json(model));
  const std::string lines = write_temporary("x.txt", "1 2 3\n4 5 6 7 8\n1\n"),
                    labels = write_temporary("y.txt", "0\n1\n0\n"),
                    shorter = write_temporary("short.txt", "3 4\n1\n"),
                    weights = temporary("w.npz");
  const CommandResult fit =
      run_command({kiln(), "fit", file, "--data", lines + "," + labels, "--save", weights});
  ASSERT_EQ(fit.status, 0) << fit.err;
  const CommandResult predict =
      run_command({kiln(), "predict", file, "--data", shorter, "--weights", weights});
  EXPECT_EQ(predict.status, 0) << predict.err;
}

TEST(Shapes, LayersThatNeedFixedOnesSaySo) {
  using namespace keras;
  Sequential model({Input({6, 2}), Flatten(), Dense(1)}, "flat");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  // Such a model can only be read.
  std::string text = *to_json(model);
  const size_t six = text.find('6', text.find("batch_shape"));
  const std::string file = write_temporary("flat.json", text.replace(six, 1, "null"));
  const std::string data =
      save_temporary("x.npy", ramp({8, 6, 2})) + "," + save_temporary("y.npy", ramp({8, 1}));
  expect_mistake(
      {kiln(), "fit", file, "--data", data},
      "layer \"dense\": needs a known number of inputs, gets (None, None) from \"flatten\"");
}

}  // namespace
}  // namespace kiln::tests
