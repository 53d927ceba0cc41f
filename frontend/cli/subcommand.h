// The kiln command: one file per subcommand, each with one function that adds it to the program.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::cli {

/// What the chosen subcommand does; set while the command line is parsed, called afterwards.
struct Action : std::function<Status()> {
  using std::function<Status()>::operator=;
  std::vector<std::string> words;               ///< what is parsed: all behind the program's name
  std::chrono::steady_clock::time_point start;  ///< of the command
};

/// A mistake on the command line that CLI11 does not know: it ends the parsing.
struct CommandLineMistake : CLI::ParseError {
  explicit CommandLineMistake(Diagnostic mistake)
      : ParseError(mistake.message, CLI::ExitCodes::ValidationError),
        diagnostic(std::move(mistake)) {}
  Diagnostic diagnostic;
};

/// Adds one subcommand with its options to `program`. When it is chosen, it sets `action`.
using AddSubcommand = void (*)(CLI::App& program, Action& action);

void add_fit(CLI::App& program, Action& action);
void add_evaluate(CLI::App& program, Action& action);
void add_predict(CLI::App& program, Action& action);
void add_compile(CLI::App& program, Action& action);
void add_devices(CLI::App& program, Action& action);
void add_targets(CLI::App& program, Action& action);
void add_inspect(CLI::App& program, Action& action);
void add_opt(CLI::App& program, Action& action);
void add_ops(CLI::App& program, Action& action);
/// One for each kind of what Keras's files name: layers, losses, ...
void add_references(CLI::App& program, Action& action);
void add_completion(CLI::App& program, Action& action);

}  // namespace kiln::cli
