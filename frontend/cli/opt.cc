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

/// Every pass that has a name: the pipeline's, then the parts of simplify.
std::vector<passes::Pass> named_passes() {
  std::vector<passes::Pass> passes;
  for (const auto& list : {passes::pipeline(), passes::parts_of_simplify()})
    passes.insert(passes.end(), list.begin(), list.end());
  return passes;
}

std::string pass_reference() {
  auto lines = [](std::span<const passes::Pass> passes) {
    std::string text;
    for (const passes::Pass& pass : passes)
      text += fmt::format("  {:33}{}\n", pass.name, pass.summary);
    return text;
  };
  return fmt::format(
      "Passes, in the order in which the compiler runs them:\n{}\n"
      "Parts of simplify, which repeats the first five until nothing changes:\n{}",
      lines(passes::pipeline()), lines(passes::parts_of_simplify()));
}

Status run(const OptArguments& arguments) {
  const std::vector<passes::Pass> passes = named_passes();
  KILN_ASSIGN(const std::string text, read_text_file(arguments.file));
  KILN_ASSIGN(ir::Module module,
              ir::parse_module(text, arguments.file == "-" ? "<stdin>" : arguments.file));
  for (const std::string& name : arguments.passes) {
    KILN_ASSIGN(const passes::Pass* pass, passes::find_pass(passes, name, "--passes"));
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
                   "passes in order, separated by commas; none: parse, verify, print. The list is "
                   "below")
      ->delimiter(',');
  command->add_flag("--no-locations", arguments->no_locations, "leave out where ops came from");
  command->footer(pass_reference());
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace kiln::cli
