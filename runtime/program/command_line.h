// The command line of a generated executable: what it takes, and its help.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/expected.h"
#include "runtime/device/devices.h"
#include "runtime/training/callbacks/callback_options.h"

namespace kiln::runtime {

enum class Command { kFit, kEvaluate, kPredict, kInfo, kHelp, kVersion };

/// Which examples evaluate and predict use.
enum class Part { kAutomatic, kTrain, kTest };

/// A command line, read and checked; options that were not given have their defaults.
struct CommandLine {
  Command command = Command::kHelp;
  std::string help;  ///< for kHelp: the text to print
  std::string data;
  std::string weights;
  std::string save;
  std::string history;
  std::string output;
  std::string sample_weight;  ///< a .npy file
  std::string class_weight;   ///< "0:1,1:5"
  int epochs = 1;
  int initial_epoch = 0;
  double validation_split = 0;
  std::string validation_data;
  std::string vocabulary;
  int max_tokens = 0;
  std::optional<int64_t> steps_per_epoch;
  std::optional<int64_t> validation_steps;
  std::optional<int64_t> validation_batch_size;
  int validation_freq = 1;
  CallbackArguments callbacks;
  uint64_t seed = 0;
  bool shuffle = true;
  bool weights_only = false;
  bool all = false;
  Part part = Part::kAutomatic;
  int threads = 0;
  DeviceChoice device;
  int verbose = 1;
};

/// Reads the arguments of an executable for the model `model_name`. Errors say which argument is
/// wrong and where help is.
Expected<CommandLine> parse_command_line(int argc, char** argv, const std::string& model_name);

}  // namespace kiln::runtime
