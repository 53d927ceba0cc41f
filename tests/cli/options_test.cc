// The kiln command and an executable read their common options alike: the same errors, defaults and
// texts of help.
#include "runtime/program/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string name_of(runtime::Command command) {
  switch (command) {
    case runtime::Command::kFit:
      return "fit";
    case runtime::Command::kEvaluate:
      return "evaluate";
    default:
      return "predict";
  }
}

class Options : public ::testing::TestWithParam<runtime::Command> {
 protected:
  void SetUp() override {
    if (!program_.empty()) return;
    program_ = ::testing::TempDir() + "/options_test_mnist";
    const CommandResult compile = run_command({kiln(), "compile", "mnist_mlp", "-o", program_});
    ASSERT_EQ(compile.status, 0) << compile.err;
  }

  static std::string command() { return name_of(GetParam()); }

  static CommandResult run_kiln(std::vector<std::string> words) {
    words.insert(words.begin(), {kiln(), command(), "mnist_mlp"});
    return run_command(words);
  }

  static CommandResult run_program(std::vector<std::string> words) {
    words.insert(words.begin(), {program_, command()});
    return run_command(words);
  }

  /// Both end with status 2 and this error, but for the names of the programs.
  static void expect_error(const std::vector<std::string>& words, const std::string& message) {
    const auto text = [&](const std::string& program) {
      return "error: " + message + "\nnote: \"" + program + " " + command() +
             " --help\" lists the options\n";
    };
    const CommandResult by_kiln = run_kiln(words);
    EXPECT_EQ(by_kiln.status, 2) << words[0];
    EXPECT_EQ(by_kiln.err, text("kiln"));
    const CommandResult by_program = run_program(words);
    EXPECT_EQ(by_program.status, 2) << words[0];
    EXPECT_EQ(by_program.err, text(program_));
  }

  static std::vector<runtime::OptionDescription> options() {
    return runtime::describe_options(GetParam(), runtime::CommandLine());
  }

  static std::string program_;
};

std::string Options::program_;

/// Values that the table refuses, with what it takes instead.
struct Refused {
  std::vector<std::string> values;
  std::string takes;
};

const std::map<std::string, Refused>& refused_values() {
  const std::vector<std::string> not_from_0 = {"-1", "1073741825", "2.5", "many", ""};
  const std::vector<std::string> not_from_1 = {"0", "1073741825", "2.5", "many", ""};
  const std::string from_0 = "an integer from 0 to 1073741824";
  const std::string from_1 = "an integer from 1 to 1073741824";
  static const std::map<std::string, Refused> values = {
      {"max-tokens", {not_from_0, from_0}},
      {"epochs", {not_from_0, from_0}},
      {"initial-epoch", {not_from_0, from_0}},
      {"validation-freq", {not_from_1, from_1}},
      {"validation-steps", {not_from_1, from_1}},
      {"steps-per-epoch", {not_from_1, from_1}},
      {"validation-batch-size", {{"0", "1048577"}, "an integer from 1 to 1048576"}},
      {"seed", {{"-1", "9223372036854775808", "x"}, "an integer from 0 to 9223372036854775807"}},
      {"threads", {{"-1", "1025"}, "an integer from 0 to 1024"}},
      {"verbose", {{"-1", "3"}, "an integer from 0 to 2"}},
      {"validation-split", {{"-0.1", "1", "nan", "0.5x"}, "a number from 0 to less than 1"}},
      {"class-weight", {{"0=2", "0:1,0:1"}, "a list of CLASS:WEIGHT like 0:1,1:5"}},
      {"history", {{"h.txt"}, "a file name that ends in .json or .csv"}},
      {"part", {{"all"}, "train or test"}},
      {"scale",
       {{"0", "1/0", "x", "1/", "nan", "1/255x", ""}, "a number but 0, or a fraction like 1/255"}},
      {"device", {{"gpu", "cpu:1"}, "cpu, opencl, opencl:N, cuda, cuda:N or auto"}},
  };
  return values;
}

bool is_callback(const std::string& name) {
  for (const char* callback :
       {"learning-rate-schedule", "reduce-lr", "early-stopping", "checkpoint", "csv-log",
        "tensorboard", "terminate-on-nan", "backup"}) {
    if (name == callback) return true;
  }
  return false;
}

TEST_P(Options, RefuseTheSameValues) {
  for (const auto& option : options()) {
    const auto found = refused_values().find(option.name);
    if (found == refused_values().end()) {
      if (option.value_name.empty() || is_callback(option.name)) continue;
      expect_error({"--" + option.name + "="}, "--" + option.name + " takes a name, not \"\"");
      continue;
    }
    for (const std::string& value : found->second.values) {
      expect_error(
          {"--" + option.name, value},
          "--" + option.name + " takes " + found->second.takes + ", not \"" + value + "\"");
    }
  }
}

TEST_P(Options, NeedTheirValues) {
  for (const auto& option : options()) {
    const std::string name = "--" + option.name;
    if (option.value_name.empty()) {
      expect_error({name + "=1"}, name + " takes no value");
    } else {
      expect_error({name}, name + " needs a value");
    }
  }
}

/// A value that the option takes.
std::string right_value(const runtime::OptionDescription& option) {
  const std::map<std::string, std::string> values = {
      {"validation-split", "0.5"}, {"class-weight", "0:1"}, {"history", "h.csv"},
      {"part", "train"},           {"scale", "1/255"},      {"device", "cpu"}};
  const auto found = values.find(option.name);
  if (found != values.end()) return found->second;
  return option.value_name == "N" ? "1" : "name";
}

TEST_P(Options, AreGivenOnce) {
  for (const auto& option : options()) {
    const std::string name = "--" + option.name;
    if (is_callback(option.name) && name != "--backup" && !option.value_name.empty()) continue;
    const std::string word = option.value_name.empty() ? name : name + "=" + right_value(option);
    expect_error({word, word}, name + " is given twice");
  }
}

TEST_P(Options, OfOtherCommandsAreNamed) {
  const std::string other = GetParam() == runtime::Command::kFit ? "--output" : "--epochs";
  expect_error({"--data", "digits", other, "1"}, command() + " has no option " + other);
  expect_error({}, command() + " needs --data");
}

TEST_P(Options, UnknownOnesAreGuessed) {
  for (const CommandResult& result : {run_kiln({"--data=digits", "--weihgts=w"}),
                                      run_program({"--data=digits", "--weihgts=w"})}) {
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, StartsWith("error: there is no option --weihgts\n"
                                       "note: did you mean --weights? \""));
  }
  for (const CommandResult& result :
       {run_kiln({"--data=digits", "extra"}), run_program({"--data=digits", "extra"})}) {
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, StartsWith("error: unexpected argument \"extra\"\n"));
  }
}

TEST_P(Options, HelpAndDefaultsAgree) {
  const std::string by_kiln = run_kiln({"--help"}).out;
  const std::string by_program = run_program({"--help"}).out;
  const std::string completion = run_command({kiln(), "completion", "bash"}).out;
  for (const auto& option : options()) {
    EXPECT_THAT(by_program, HasSubstr(option.text));
    EXPECT_THAT(completion, HasSubstr("--" + option.name));
    // kiln compiles for one device, which is the CPU where nothing is said.
    if (option.name == "device") continue;
    EXPECT_THAT(by_kiln, HasSubstr(option.text));
  }
  EXPECT_THAT(by_kiln, HasSubstr(runtime::data_help()));
}

INSTANTIATE_TEST_SUITE_P(All, Options,
                         ::testing::Values(runtime::Command::kFit, runtime::Command::kEvaluate,
                                           runtime::Command::kPredict),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace kiln::tests
