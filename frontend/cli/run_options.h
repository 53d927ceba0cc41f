// What fit, evaluate and predict share: they compile the model in memory and then do what a
// generated executable does.
#pragma once

#include <CLI/CLI.hpp>

#include "frontend/cli/model_argument.h"
#include "runtime/command_line.h"

namespace kiln::cli {

struct RunOptions {
  ModelArgument model;
  runtime::CommandLine line;
  bool use_cache = true;

  /// MODEL, --data, --weights, --threads, --verbose, --no-cache.
  void add_to(CLI::App& command);
  /// Compiles and runs.
  Status run() const;
};

}  // namespace kiln::cli
