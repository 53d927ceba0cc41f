// What fit, evaluate and predict share: they compile the model in memory and then do what a
// generated executable does.
#pragma once

#include <CLI/CLI.hpp>

#include "frontend/cli/model_argument.h"
#include "frontend/cli/subcommand.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/program/command_line.h"
#include "runtime/program/commands.h"

namespace kiln::cli {

struct RunOptions {
  explicit RunOptions(runtime::Command command);

  ModelArgument model;
  runtime::CommandLine line;
  bool use_cache = true;
  bool adapt = false;
  keras::LoadingRules rules;  ///< of --weights

  /// MODEL, the options that executables have, too, and --no-cache. `action` has the command line
  /// when it is parsed.
  void add_to(CLI::App& command, const Action& action);
  /// Compiles and runs.
  Status run() const;

 private:
  Expected<runtime::BeforeTraining> before_training(const ModelArgument::Read& read) const;
  /// Tells who forgot --adapt.
  void print_unadapted(const ModelArgument::Read& read) const;
};

}  // namespace kiln::cli
