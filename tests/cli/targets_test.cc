// Code for other machines than this: older ones of its kind, and ARM in software (qemu).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;

/// A machine, and what builds and runs programs for it.
struct Machine {
  const char* target;
  const char* compiler;
  std::vector<std::string> runner;  ///< nothing: this machine
};

const Machine kNative = {"native", "/usr/bin/gcc", {}};

/// What a command prints; it must succeed.
std::string out_of(const std::vector<std::string>& words) {
  const CommandResult result = run_command(words, {"PATH=/usr/bin:/bin"});
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out;
}

std::string run_on(const Machine& machine, const std::string& program) {
  std::vector<std::string> words = machine.runner;
  words.push_back(program);
  return out_of(words);
}

/// Builds a program for a machine from a source and the library beside it.
std::string built(const Machine& machine, const std::string& source, const std::string& library) {
  const std::string program = temporary(std::string("program_") + machine.target);
  out_of({machine.compiler, "-std=c11", "-O1", "-Wall", "-Werror", "-static", "-I", temporary(""),
          source, library, "-lm", "-o", program});
  return program;
}

/// A model, and data that it is trained on.
struct Case {
  const char* model;
  const char* data;
  const char* element;  ///< of its input, in C
  int inputs, outputs;
  const char* value;  ///< of input i, in C
};

/// A program that prints the model's outputs for one example.
std::string printing_program(const Case& model) {
  return fmt::format(
      "#include <stdio.h>\n"
      "#include \"model.h\"\n"
      "static _Alignas(MODEL_ALIGNMENT) unsigned char arena[MODEL_ARENA_BYTES];\n"
      "static {0} x[{1}];\n"
      "static float y[{2}];\n"
      "int main(void) {{\n"
      "  for (int i = 0; i < {1}; ++i) x[i] = {3};\n"
      "  model_predict(x, y, arena);\n"
      "  for (int i = 0; i < {2}; ++i) printf(\"%.9g\\n\", y[i]);\n"
      "  return model_abi() != MODEL_ABI || model_self_test(arena) != 0;\n"
      "}}\n",
      model.element, model.inputs, model.outputs, model.value);
}

std::vector<float> numbers(const std::string& text) {
  std::istringstream stream(text);
  std::vector<float> result;
  for (float number; stream >> number;) result.push_back(number);
  return result;
}

class OnMachine : public ::testing::TestWithParam<Machine> {};

/// Rounding differs: multiplications and additions are fused or not.
constexpr float kTolerance = 1e-5f;

TEST_P(OnMachine, TheTutorialsModelsPredictTheSame) {
  for (const Case& model :
       {Case{"mnist_mlp", "digits:train=320,test=0", "float", 784, 10, "(i % 13) / 13.0f"},
        Case{"mnist_cnn", "digits:train=320,test=0", "float", 784, 10, "(i % 11) / 11.0f"},
        Case{"imdb_lstm", "reviews:train=320,test=0", "int32_t", 200, 1, "i * 97 % 5000"}}) {
    const std::string trained = temporary("trained.keras");
    out_of({kiln(), "fit", model.model, "--data", model.data, "--epochs", "1", "--save", trained});
    const std::string source = write_temporary("print.c", printing_program(model));
    const auto outputs_on = [&](const Machine& machine) {
      const std::string library = temporary("libmodel.a");
      out_of({kiln(), "compile", trained, "--emit", "lib", "--self-test", "--target",
              machine.target, "-o", library});
      return numbers(run_on(machine, built(machine, source, library)));
    };
    const std::vector<float> expected = outputs_on(kNative);
    ASSERT_EQ(static_cast<int>(expected.size()), model.outputs);
    EXPECT_THAT(outputs_on(GetParam()),
                ::testing::Pointwise(::testing::FloatNear(kTolerance), expected))
        << model.model;
  }
}

TEST_P(OnMachine, AModelIsTrained) {
  const std::string library = temporary("libspiral.a");
  out_of({kiln(), "compile", "examples/library/spiral.json", "--emit", "lib", "--for", "train",
          "--batch-size", "60", "--target", GetParam().target, "-o", library});
  EXPECT_THAT(run_on(GetParam(), built(GetParam(), "examples/library/teach.c", library)),
              HasSubstr("epoch 60: accuracy 1.000"));
}

INSTANTIATE_TEST_SUITE_P(
    , OnMachine,
    ::testing::Values(
        Machine{"x86-64", "/usr/bin/gcc", {}}, Machine{"x86-64-v2", "/usr/bin/gcc", {}},
        Machine{"aarch64", "/usr/bin/aarch64-linux-gnu-gcc", {"/usr/bin/qemu-aarch64-static"}},
        Machine{"armv7", "/usr/bin/arm-linux-gnueabihf-gcc", {"/usr/bin/qemu-arm-static"}}),
    [](const auto& info) {
      std::string name = info.param.target;
      std::erase(name, '-');
      return name;
    });

/// An executable for an older machine says so, and gives its predictions.
TEST(Targets, ExecutablesAreForLevelsOfX86) {
  const std::string program = temporary("program");
  out_of({kiln(), "compile", "mnist_mlp", "--target", "v2", "-o", program});
  EXPECT_THAT(out_of({program, "info"}), HasSubstr("compiled by kiln for x86-64-linux-sse41\n"));
  EXPECT_THAT(out_of({program, "fit", "--data", "digits:train=640,test=0", "--epochs", "1"}),
              HasSubstr("accuracy"));
}

TEST(Targets, AreListedByName) {
  const std::string list = out_of({kiln(), "targets"});
  EXPECT_THAT(list, HasSubstr("native     programs, libraries   this machine: x86-64-linux"));
  EXPECT_THAT(list, HasSubstr("x86-64-v3  programs, libraries   from about 2013 on"));
  EXPECT_THAT(list, HasSubstr("aarch64    libraries             64-bit ARM under Linux\n"));
}

TEST(Targets, OtherNamesAreErrors) {
  const std::string output = temporary("out");
  expect_mistake({kiln(), "compile", "mnist_mlp", "-o", output, "--target", "aarch46"},
                 "--target: there is no machine \"aarch46\"\nnote: did you mean aarch64?");
  expect_mistake({kiln(), "compile", "mnist_mlp", "-o", output, "--cpu", "x"},
                 "note: machines: native, x86-64, x86-64-v2, x86-64-v3, x86-64-v4, aarch64, armv7");
  expect_mistake({kiln(), "compile", "mnist_mlp", "-o", output, "--target", "armv7"},
                 "--target: there are no executables for armv7, only libraries\n"
                 "note: add --emit=lib, shared or object");
  EXPECT_FALSE(exists(output));
}

}  // namespace
}  // namespace kiln::tests
