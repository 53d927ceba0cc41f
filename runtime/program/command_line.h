// What a command line says: of an executable that kiln made, and of `kiln fit`, `evaluate` and
// `predict`, which do the same with a model that they compile first.
#pragma once

#include <optional>
#include <string>

#include "runtime/base/expected.h"
#include "runtime/device/devices.h"
#include "runtime/training/callbacks/backup_and_restore.h"
#include "runtime/training/fit.h"

namespace kiln::runtime {

enum class Command { kFit, kEvaluate, kPredict, kInfo, kHelp, kVersion };

/// Which examples evaluate and predict use.
enum class Part { kAutomatic, kTrain, kTest };

/// A command line, read and checked; options that were not given have their defaults.
struct CommandLine {
  Command command = Command::kHelp;
  std::string help;  ///< for kHelp: the text to print
  std::string data;
  std::string validation_data;
  std::string sample_weight;  ///< a .npy file
  std::string weights;
  std::string vocabulary;
  std::string class_names;  ///< a file with a name a line
  int max_tokens = 0;
  std::optional<double> scale;  ///< what inputs are multiplied by
  /// The arguments of fit(), but for arrays and files; evaluate and predict take `verbose` of it.
  FitOptions fit;
  std::optional<BackupAndRestoreOptions> backup;
  std::string save;
  bool weights_only = false;
  std::string history;
  Part part = Part::kAutomatic;
  std::string output;
  bool all = false;
  int threads = 0;
  DeviceChoice device;
};

/// Reads the arguments of an executable for the model `model_name`. Errors say which argument is
/// wrong and where help is.
Expected<CommandLine> parse_command_line(int argc, char** argv, const std::string& model_name);

}  // namespace kiln::runtime
