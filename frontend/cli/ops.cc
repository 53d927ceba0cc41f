// kiln ops: the table of ops.
#include <fmt/format.h>

#include "frontend/cli/subcommand.h"
#include "ir/op_reference.h"

namespace kiln::cli {

void add_ops(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("ops", "print the table of IR ops");
  command->callback([&action] {
    action = [] {
      fmt::print("{}", ir::op_reference_text());
      return ok();
    };
  });
}

}  // namespace kiln::cli
