// kiln ops: the table of the IR's ops, or of keras.ops.
#include <fmt/format.h>

#include <memory>

#include "frontend/cli/subcommand.h"
#include "frontend/keras/operations/list.h"
#include "ir/op_reference.h"

namespace kiln::cli {
namespace {

struct OpsArguments {
  bool keras = false;
  bool json = false;
};

Status print_operations(const OpsArguments& arguments) {
  if (!arguments.keras && arguments.json)
    return Diagnostic{"", "--json is for the operations of Keras", "add --keras"};
  if (!arguments.keras) {
    fmt::print("{}", ir::op_reference_text());
  } else if (arguments.json) {
    fmt::print("{}", keras::reference_json(keras::operation_reference()));
  } else {
    fmt::print("{}", keras::operation_reference_text());
  }
  return ok();
}

}  // namespace

void add_ops(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("ops", "print the table of IR ops, or of keras.ops");
  auto arguments = std::make_shared<OpsArguments>();
  command->add_flag("--keras", arguments->keras, "the operations of keras.ops in models' graphs");
  command->add_flag("--json", arguments->json, "for programs: with all arguments, as JSON");
  command->callback(
      [&action, arguments] { action = [arguments] { return print_operations(*arguments); }; });
}

}  // namespace kiln::cli
