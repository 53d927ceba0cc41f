// The kiln command.

#include <cstdio>

#include "codegen/version.h"
#include "frontend/cli/subcommand.h"
#include "runtime/base/interrupt.h"

namespace {

using kiln::cli::AddSubcommand;

constexpr AddSubcommand kSubcommands[] = {
    kiln::cli::add_fit,        kiln::cli::add_evaluate, kiln::cli::add_predict,
    kiln::cli::add_compile,    kiln::cli::add_devices,  kiln::cli::add_inspect,
    kiln::cli::add_opt,        kiln::cli::add_ops,      kiln::cli::add_references,
    kiln::cli::add_completion,
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("kiln compiles neural networks to native code that trains.", "kiln");
  program.require_subcommand(1);
  program.set_version_flag("--version", [] { return kiln::codegen::version_text(); });
  kiln::cli::Action action;
  for (AddSubcommand add : kSubcommands) add(program, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no errors; all else is a mistake on the command line.
    if (error.get_exit_code() == 0) return program.exit(error);
    const kiln::Diagnostic mistake{"", error.what(), "--help lists what there is"};
    std::fprintf(stderr, "%s\n", mistake.to_string().c_str());
    return 2;
  }
  const kiln::Status status = action();
  if (status) return 0;
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return kiln::runtime::interrupted() ? kiln::runtime::interrupt_status() : 2;
}
