// What fit, evaluate and predict share: they compile the model in memory and then do what a
// generated executable does.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/cli/model_argument.h"
#include "runtime/program/command_line.h"
#include "runtime/program/commands.h"

namespace kiln::cli {

struct RunOptions {
  ModelArgument model;
  runtime::CommandLine line;
  std::string device = "cpu";
  bool use_cache = true;
  std::vector<std::pair<size_t, std::string>> callbacks;  ///< by index in callback_options()
  std::optional<std::string> backup;
  bool adapt = false;

  /// MODEL, --data, --weights, --device, --threads, --verbose, --no-cache.
  void add_to(CLI::App& command);
  /// An option for each callback, and --backup.
  void add_callbacks_to(CLI::App& command);
  /// Compiles and runs.
  Status run() const;

 private:
  Expected<runtime::BeforeTraining> before_training(const ModelArgument::Read& read) const;
};

}  // namespace kiln::cli
