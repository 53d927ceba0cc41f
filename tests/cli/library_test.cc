// Libraries as those use them who deploy: built into programs in C and C++, loaded from Python.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "runtime/data/digits.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

/// What a command prints; it must succeed without a word on stderr: of warnings, for one.
std::string out_of(const std::vector<std::string>& words) {
  const CommandResult result = run_command(words, {"PATH=/usr/bin:/bin"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  return result.out;
}

/// A built-in model after one epoch on a few examples.
std::string trained(const std::string& model, const std::string& data) {
  const std::string path = temporary(model + ".keras");
  out_of({kiln(), "fit", model, "--data", data, "--epochs", "1", "--save", path});
  return path;
}

std::string mnist() { return trained("mnist_mlp", "digits:train=3200,test=0"); }

std::string source(const std::string& name) { return "examples/library/" + name; }

/// Builds a program of one source with libraries, as strictly as people do.
std::string built(const std::string& name, std::vector<std::string> libraries) {
  const bool is_c = name.ends_with(".c");
  const std::string program = temporary(name + ".program");
  std::vector<std::string> words = {is_c ? "/usr/bin/gcc" : "/usr/bin/g++",
                                    is_c ? "-std=c11" : "-std=c++17",
                                    "-Wall",
                                    "-Wextra",
                                    "-Wpedantic",
                                    "-Werror",
                                    "-O1",
                                    "-I",
                                    temporary(""),
                                    source(name)};
  words.insert(words.end(), libraries.begin(), libraries.end());
  words.insert(words.end(), {"-lm", "-pthread", "-o", program});
  out_of(words);
  return program;
}

/// A digit as a picture in a file.
std::string picture() {
  const runtime::DigitSet digits = runtime::digits(runtime::DataPart::kTest, 0, 1, 1);
  const auto* pixels = reinterpret_cast<const char*>(digits.images.data());
  return write_temporary("digit.pgm", "P5\n28 28\n255\n" + std::string(pixels, 28 * 28));
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

/// What an object file takes from elsewhere.
std::vector<std::string> undefined_symbols(const std::string& file) {
  std::vector<std::string> names;
  for (const std::string& line : lines(out_of({"/usr/bin/nm", "-u", file}))) {
    if (const size_t at = line.rfind(' '); at != std::string::npos)
      names.push_back(line.substr(at + 1));
  }
  return names;
}

TEST(Library, TheExamplesPredictInCAndCppAndPython) {
  const std::string output = temporary("mnist");
  const std::string told =
      out_of({kiln(), "compile", mnist(), "--emit", "lib,shared", "-o", output});
  EXPECT_THAT(told, StartsWith(temporary("mnist.h") + ", " + temporary("libmnist.a") + ", " +
                               temporary("libmnist.so") + ": 2 kernels"));
  EXPECT_THAT(told, HasSubstr("memory: arena of 512 bytes\n"));
  const std::string static_library = temporary("libmnist.a");
  const std::string answer = out_of({built("classify.c", {static_library}), picture()});
  EXPECT_THAT(answer, HasSubstr(", probability 0."));
  EXPECT_EQ(
      out_of({"/usr/bin/python3", source("classify.py"), temporary("libmnist.so"), picture()}),
      answer);
  EXPECT_THAT(out_of({built("threads.cc", {static_library})}), StartsWith("all the same"));
}

TEST(Library, TheExampleTrainsInC) {
  const std::string library = temporary("libspiral.a");
  out_of({kiln(), "compile", source("spiral.json"), "--emit", "lib", "--for", "train",
          "--batch-size", "60", "-o", library});
  EXPECT_THAT(out_of({built("teach.c", {library})}), HasSubstr("epoch 60: accuracy 1.000"));
  EXPECT_THAT(undefined_symbols(library), UnorderedElementsAre("memcpy", "pow"));
}

/// A library that predicts takes nothing from anywhere but copies of memory, and shows nothing but
/// its own names.
TEST(Library, NothingLeaksIn) {
  for (const auto& [model, data] : {std::pair("mnist_mlp", "digits:train=32,test=0"),
                                    std::pair("mnist_cnn", "digits:train=32,test=0"),
                                    std::pair("imdb_lstm", "reviews:train=32,test=0")}) {
    const std::string object = temporary("model.o");
    out_of({kiln(), "compile", trained(model, data), "--emit", "object", "-o", object});
    for (const std::string& name : undefined_symbols(object)) EXPECT_EQ(name, "memcpy") << model;
    std::vector<std::string> names;
    for (const std::string& line :
         lines(out_of({"/usr/bin/nm", "--extern-only", "--defined-only", object})))
      names.push_back(line.substr(line.rfind(' ') + 1));
    EXPECT_THAT(names, UnorderedElementsAre("model_abi", "model_arena_bytes", "model_predict",
                                            "model_weights"))
        << model;
  }
}

/// Two libraries in one program: each has names of its own.
TEST(Library, TwoStandSideBySide) {
  const std::string model = mnist();
  for (const char* name : {"one", "other"}) {
    out_of({kiln(), "compile", model, "--emit", "object", "-o", temporary(std::string(name) + ".o"),
            "--name", name});
  }
  const std::string both = write_temporary("both.c",
                                           "#include \"one.h\"\n"
                                           "#include \"other.h\"\n"
                                           "static _Alignas(64) char arena[ONE_ARENA_BYTES];\n"
                                           "int main(void) {\n"
                                           "  static float x[784], y[10], z[10];\n"
                                           "  one_predict(x, y, arena);\n"
                                           "  other_predict(x, z, arena);\n"
                                           "  return y[3] != z[3] || one_abi() == other_abi();\n"
                                           "}\n");
  const std::string program = temporary("program");
  out_of({"/usr/bin/gcc", both, temporary("one.o"), temporary("other.o"), "-o", program});
  out_of({program});
}

TEST(Library, TheIrIsTextThatKilnReads) {
  const std::string text = temporary("model.kir");
  out_of({kiln(), "compile", "mnist_mlp", "--emit", "kir", "--for", "predict", "-o", text});
  EXPECT_THAT(read_file(text), HasSubstr("buffers = [\"output:y\"]"));
  out_of({kiln(), "inspect", text});
}

/// A sequence's model becomes one of a step, whose memory does not grow with the sequence.
TEST(Library, RecurrentModelsStream) {
  const std::string model = trained("imdb_lstm", "reviews:train=32,test=0");
  const std::string told = out_of(
      {kiln(), "compile", model, "--emit", "lib", "--for", "step", "-o", temporary("imdb.a")});
  EXPECT_THAT(told, HasSubstr("memory: arena of 1792 bytes, state of 512 bytes"));
  EXPECT_THAT(read_file(temporary("imdb.h")),
              HasSubstr("void imdb_step(const int32_t *x, float *y, void *state, void *arena);"));
  expect_mistake({kiln(), "compile", model, "--for", "step", "-o", temporary("exe")},
                 "--for=step: is for libraries");
  expect_mistake({kiln(), "compile", "mnist_cnn", "--emit", "lib", "--for", "step", "--no-weights",
                  "-o", temporary("cnn.a")},
                 "error: --for=step: layer \"conv2d\": ");
}

/// What is too large is not written, and the error says what is large.
TEST(Library, LimitsAreKept) {
  const std::string model = mnist(), output = temporary("small.a");
  const std::vector<std::string> words = {kiln(), "compile", model, "--emit", "lib", "-o", output};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return more;
  };
  expect_mistake(with({"--max-flash", "64K"}),
                 "more than allowed\nnote: the largest weights: dense/kernel (401408 bytes), "
                 "dense_1/kernel (32768 bytes), ");
  expect_mistake(with({"--max-ram", "100", "--batch-size", "8"}),
                 "--max-ram: arena and state of the library take ");
  EXPECT_FALSE(exists(output));
  const std::string told = out_of(with({"--max-flash", "1M", "--max-ram", "1K", "-v"}));
  EXPECT_THAT(told, HasSubstr("variables:\n      401408  dense/kernel\n"));
  EXPECT_THAT(told,
              HasSubstr("in the arena at one time or another:\n         512  mnist_mlp/dense\n"));
}

TEST(Library, WhatDoesNotMakeSenseIsOneError) {
  const std::string output = temporary("out");
  const auto mistake = [&](std::vector<std::string> more, const std::string& says) {
    std::vector<std::string> words = {kiln(), "compile", "mnist_mlp", "-o", output};
    words.insert(words.end(), more.begin(), more.end());
    expect_mistake(words, says);
    EXPECT_FALSE(exists(output));
    EXPECT_FALSE(exists(output + ".h"));
  };
  mistake({"--emit", "lib"},
          "mnist_mlp: holds no weights, and a library that predicts does\n"
          "note: give --weights FILE, or --no-weights: its caller then brings them");
  mistake({"--emit", "libs"}, "--emit: there is no kind \"libs\"\nnote: did you mean lib?");
  mistake({"--emit", "lib,lib"}, "--emit: \"lib\" stands there twice");
  mistake({"--emit", ""}, "--emit: there is no kind \"\"\nnote: kinds: exe, lib");
  mistake({"--emit", "exe,lib"}, "note: say --for=train or --for=predict for both");
  mistake({"--emit", "lib", "--name", "my-model"},
          "--name: \"my-model\" is no name in C\nnote: my_model is one");
  mistake({"--name", "model"}, "--name: only a library has one");
  mistake({"--self-test"}, "--self-test: only a library has one");
  mistake({"--max-ram", "1K"}, "--max-ram: is for libraries");
  mistake(
      {"--emit", "lib", "--for", "train", "--self-test"},
      "--self-test: only a library that predicts, with its weights and without states, has one");
  mistake({"--emit", "lib", "--for", "run"}, "--for");
  mistake({"--emit", "lib", "--device", "opencl"}, "--device: a library is for the CPU");
  expect_mistake({kiln(), "compile", "mnist_mlp", "--emit", "object", "--no-weights", "-o",
                  temporary("model.h")},
                 "is what the library's header is called");
  expect_mistake({kiln(), "compile", "mnist_mlp", "--emit", "lib", "--no-weights", "-o",
                  temporary("none") + "/model.a"},
                 "none/model.h: cannot write here");
}

}  // namespace
}  // namespace kiln::tests
