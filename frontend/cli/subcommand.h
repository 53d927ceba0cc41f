// The kiln command: one file per subcommand, each with one function that adds it to the program.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "runtime/base/expected.h"

namespace kiln::cli {

/// What the chosen subcommand does; set while the command line is parsed, called afterwards.
using Action = std::function<Status()>;

/// Adds one subcommand with its options to `program`. When it is chosen, it sets `action`.
using AddSubcommand = void (*)(CLI::App& program, Action& action);

void add_fit(CLI::App& program, Action& action);
void add_evaluate(CLI::App& program, Action& action);
void add_predict(CLI::App& program, Action& action);
void add_compile(CLI::App& program, Action& action);
void add_devices(CLI::App& program, Action& action);
void add_inspect(CLI::App& program, Action& action);
void add_opt(CLI::App& program, Action& action);
void add_ops(CLI::App& program, Action& action);
/// One for each kind of what Keras's files name: layers, losses, ...
void add_references(CLI::App& program, Action& action);
void add_completion(CLI::App& program, Action& action);

}  // namespace kiln::cli
