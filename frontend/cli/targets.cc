// kiln targets: the machines that code can be made for.
#include <fmt/format.h>

#include "codegen/named_machine.h"
#include "frontend/cli/subcommand.h"

namespace kiln::cli {
namespace {

void print_line(std::string_view name, std::string_view what, std::string_view text) {
  fmt::print("{:<10} {:<21} {}\n", name, what, text);
}

Status print_targets() {
  print_line("native", "programs, libraries", "this machine: " + codegen::this_machine().halide);
  for (const codegen::NamedMachine& each : codegen::named_machines()) {
    print_line(each.name,
               codegen::runs_executables(each.machine) ? "programs, libraries" : "libraries",
               each.summary);
  }
  return ok();
}

}  // namespace

void add_targets(CLI::App& program, Action& action) {
  CLI::App* command =
      program.add_subcommand("targets", "list the machines that code can be made for");
  command->callback([&action] { action = print_targets; });
}

}  // namespace kiln::cli
