// The kiln command.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/handover.h"
#include "codegen/machine.h"
#include "codegen/version.h"
#include "frontend/cli/subcommand.h"
#include "runtime/base/interrupt.h"
#include "runtime/program/options.h"

namespace {

using kiln::cli::AddSubcommand;

constexpr AddSubcommand kSubcommands[] = {
    kiln::cli::add_fit,        kiln::cli::add_evaluate,   kiln::cli::add_predict,
    kiln::cli::add_compile,    kiln::cli::add_devices,    kiln::cli::add_targets,
    kiln::cli::add_inspect,    kiln::cli::add_opt,        kiln::cli::add_ops,
    kiln::cli::add_references, kiln::cli::add_completion,
};

/// Halide's and LLVM's versions and this machine, a line each.
std::string version_text() {
  const kiln::codegen::Machine& machine = kiln::codegen::this_machine();
  return fmt::format("kiln 0.1.0\nHalide {}\nLLVM {}\ntarget {} ({})",
                     kiln::codegen::halide_version(), kiln::codegen::llvm_version(), machine.halide,
                     machine.cpu);
}

/// Where help is: for the subcommand that was chosen, or for all.
std::string see_help(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  if (chosen.empty()) return "\"kiln --help\" lists the commands";
  return "\"kiln " + chosen[0]->get_name() + " --help\" lists the options";
}

/// The same errors as in an executable for the same mistakes.
kiln::Diagnostic diagnostic_of(const CLI::App& program, const CLI::ParseError& error) {
  if (const auto* const mistake = dynamic_cast<const kiln::cli::CommandLineMistake*>(&error))
    return mistake->diagnostic;
  const std::vector<std::string> unexpected = program.remaining(true);
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!is_extra || unexpected.empty()) return {"", error.what(), see_help(program)};
  std::vector<std::string> names;
  for (const CLI::App* const command : program.get_subcommands()) {
    for (const CLI::Option* const option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return kiln::runtime::unexpected_word(
      unexpected[0], std::vector<std::string_view>(names.begin(), names.end()), see_help(program));
}

}  // namespace

int main(int argc, char** argv) {
  const auto start = kiln::codegen::receive_command(argv);
  if (!start) {
    std::fprintf(stderr, "%s\n", start.error().to_string().c_str());
    return 2;
  }
  CLI::App program("kiln compiles neural networks to native code that trains.", "kiln");
  program.require_subcommand(1);
  program.set_version_flag("--version", version_text);
  kiln::cli::Action action;
  action.start = *start;
  action.words.assign(argv + 1, argv + argc);
  for (AddSubcommand add : kSubcommands) add(program, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no errors; all else is a mistake on the command line.
    if (error.get_exit_code() == 0) return program.exit(error);
    std::fprintf(stderr, "%s\n", diagnostic_of(program, error).to_string().c_str());
    return 2;
  }
  const kiln::Status status = action();
  if (status) return 0;
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return kiln::runtime::interrupted() ? kiln::runtime::interrupt_status() : 2;
}
