// kiln opt: parse IR text, run passes, print it.
#include <fmt/format.h>

#include "frontend/cli/subcommand.h"
#include "frontend/cli/text_file.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/pass.h"

namespace kiln::cli {
namespace {

struct OptArguments {
  std::string file;
  std::vector<std::string> passes;
  bool no_locations = false;
};

Status run(const OptArguments& arguments) {
  KILN_ASSIGN(const std::string text, read_text_file(arguments.file));
  KILN_ASSIGN(ir::Module module,
              ir::parse_module(text, arguments.file == "-" ? "<stdin>" : arguments.file));
  for (const std::string& name : arguments.passes) {
    const passes::Pass* pass = passes::find_pass(name);
    if (pass == nullptr) {
      std::string names;
      for (const passes::Pass& other : passes::pipeline())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", other.name);
      return Diagnostic{"--passes", "there is no pass " + name, "passes: " + names};
    }
    KILN_TRY(pass->run(module));
    if (Status status = ir::verify(module); !status) {
      return Diagnostic{"after " + name, status.error().to_string(), "this is a bug in kiln"};
    }
  }
  fmt::print("{}", ir::print(module, {.locations = !arguments.no_locations}));
  return ok();
}

}  // namespace

void add_opt(CLI::App& program, Action& action) {
  auto arguments = std::make_shared<OptArguments>();
  CLI::App* command = program.add_subcommand("opt", "parse IR text, run passes, print it");
  command->add_option("FILE", arguments->file, "IR text (.kir); - reads standard input")
      ->required();
  command
      ->add_option("--passes", arguments->passes,
                   "passes in order, separated by commas; none: parse, verify, print")
      ->delimiter(',');
  command->add_flag("--no-locations", arguments->no_locations, "leave out where ops came from");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace kiln::cli
