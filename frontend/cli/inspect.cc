// kiln inspect: the IR of a model, before or after any pass.
#include <fmt/format.h>

#include "frontend/cli/model_argument.h"
#include "frontend/cli/subcommand.h"
#include "ir/printer.h"
#include "passes/pass.h"
#include "passes/plan_memory.h"

namespace kiln::cli {
namespace {

struct InspectArguments {
  ModelArgument model;
  std::string function;
  std::string after;
  bool after_all = false;
  bool memory = false;
  bool no_locations = false;
};

Status print_part(const InspectArguments& arguments, const ir::Module& module) {
  const ir::PrintOptions options{.locations = !arguments.no_locations};
  if (arguments.function.empty()) {
    fmt::print("{}", ir::print(module, options));
    return ok();
  }
  const ir::Function* function = module.function(arguments.function);
  if (function == nullptr) {
    std::string names;
    for (const auto& other : module.functions) names += (names.empty() ? "" : ", ") + other->name;
    return Diagnostic{arguments.model.model, "has no function " + arguments.function,
                      "functions: " + names};
  }
  fmt::print("{}", ir::print(*function, options));
  return ok();
}

Status run(const InspectArguments& arguments) {
  KILN_ASSIGN(ModelArgument::Read model, arguments.model.read());
  ir::Module module = std::move(model.module);
  if (!arguments.after.empty() && passes::find_pass(arguments.after) == nullptr) {
    std::string names;
    for (const passes::Pass& pass : passes::pipeline())
      names += fmt::format("{}{}", names.empty() ? "" : ", ", pass.name);
    return Diagnostic{"--after", "there is no pass " + arguments.after, "passes: " + names};
  }
  if (arguments.after.empty() && !arguments.after_all && !arguments.memory)
    return print_part(arguments, module);
  if (arguments.after_all) KILN_TRY(print_part(arguments, module));
  Status printed = ok();
  KILN_TRY(passes::run_pipeline(module, [&](const passes::Pass& pass, const ir::Module& now) {
    if (!printed || (!arguments.after_all && pass.name != arguments.after)) return;
    if (arguments.after_all) fmt::print("// ---- after {}: {}\n", pass.name, pass.summary);
    printed = print_part(arguments, now);
  }));
  if (arguments.memory) {
    for (const auto& function : module.functions) {
      if (arguments.function.empty() || function->name == arguments.function)
        fmt::print("{}", passes::describe_memory_plan(*function));
    }
  }
  return printed;
}

}  // namespace

void add_inspect(CLI::App& program, Action& action) {
  auto arguments = std::make_shared<InspectArguments>();
  CLI::App* command = program.add_subcommand("inspect", "print a model's IR");
  arguments->model.add_to(*command);
  arguments->model.add_training_to(*command);
  command->add_option("--function", arguments->function,
                      "this function alone: init, train_step, test_step, predict_step");
  command->add_option("--after", arguments->after, "after this pass");
  command->add_flag("--after-all", arguments->after_all, "before all passes, and after each");
  command->add_flag("--memory", arguments->memory, "the memory plan: buffers, arena, lower bound");
  command->add_flag("--no-locations", arguments->no_locations, "leave out where ops came from");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace kiln::cli
