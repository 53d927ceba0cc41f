// kiln inspect: the IR of a model, before or after any pass, its memory and its kernels.
#include <fmt/format.h>

#include "codegen/generators.h"
#include "codegen/kernels/compile.h"
#include "frontend/cli/model_argument.h"
#include "frontend/cli/subcommand.h"
#include "frontend/compiler.h"
#include "ir/printer.h"
#include "ir/scan.h"
#include "passes/memory/plan_memory.h"
#include "passes/pass.h"
#include "runtime/device/devices.h"

namespace kiln::cli {
namespace {

struct InspectArguments {
  ModelArgument model;
  std::string function;
  std::string after;
  bool after_all = false;
  bool memory = false;
  bool kernels = false;
  bool source = false;
  std::string device = "opencl";
  bool no_locations = false;
};

/// All functions, or the one that was asked for.
Expected<std::vector<const ir::Function*>> chosen_functions(const InspectArguments& arguments,
                                                            const ir::Module& module) {
  std::vector<const ir::Function*> functions;
  std::string names;
  for (const auto& function : module.functions) {
    names += (names.empty() ? "" : ", ") + function->name;
    if (arguments.function.empty() || function->name == arguments.function)
      functions.push_back(function.get());
  }
  if (!functions.empty() || arguments.function.empty()) return functions;
  return Diagnostic{arguments.model.model, "has no function " + arguments.function,
                    "functions: " + names};
}

Status print_part(const InspectArguments& arguments, const ir::Module& module) {
  const ir::PrintOptions options{.locations = !arguments.no_locations};
  if (arguments.function.empty()) {
    fmt::print("{}", ir::print(module, options));
    return ok();
  }
  KILN_ASSIGN(const auto functions, chosen_functions(arguments, module));
  fmt::print("{}", ir::print(*functions[0], options));
  return ok();
}

Expected<codegen::Target> target_of(const InspectArguments& arguments) {
  KILN_ASSIGN(const auto kinds, runtime::parse_device_kinds(arguments.device));
  if (kinds.size() == 1 && kinds[0] != KILN_CPU) return codegen::target_for(kinds[0], kKernelTasks);
  return Diagnostic{"--device", "shows the kernels of one device, opencl or cuda", ""};
}

std::string grid(const std::array<int, 3>& extents) {
  return fmt::format("{}x{}x{}", extents[0], extents[1], extents[2]);
}

Status print_kernel(const ir::Op& fusion, const codegen::Target& target, bool source,
                    const std::string& indentation) {
  KILN_ASSIGN(const codegen::DeviceCode code, codegen::device_code(fusion, target));
  fmt::print("{}{} {}\n", indentation, fusion.get<std::string>("kind"), fusion.location());
  for (const codegen::Launch& launch : code.launches) {
    fmt::print("{}  {:<11} blocks of {:<9} threads, {:>5} bytes local  {}\n", indentation,
               grid(launch.blocks), grid(launch.threads), launch.local_bytes, launch.entry);
  }
  if (code.temporary_bytes > 0)
    fmt::print("{}  {} bytes of temporaries\n", indentation, code.temporary_bytes);
  if (source) fmt::print("{}\n", code.source);
  return ok();
}

/// The kernels of a region in the order of their launches; those of a scan once.
Status print_kernels(const ir::Region& region, const codegen::Target& target, bool source,
                     const std::string& indentation) {
  for (const auto& op : region.ops()) {
    if (op->is("fusion")) KILN_TRY(print_kernel(*op, target, source, indentation));
    if (!op->is("scan")) continue;
    fmt::print("{}{} times:\n", indentation, ir::parts_of(*op).trip_count);
    KILN_TRY(print_kernels(op->region(), target, source, indentation + "  "));
  }
  return ok();
}

Status print_kernels(const InspectArguments& arguments, const ir::Module& module) {
  KILN_ASSIGN(const codegen::Target target, target_of(arguments));
  KILN_ASSIGN(const auto functions, chosen_functions(arguments, module));
  for (const ir::Function* function : functions) {
    fmt::print("{} on {}:\n", function->name, runtime::device_kind_name(target.device));
    KILN_TRY(print_kernels(function->body, target, arguments.source, "  "));
  }
  return ok();
}

Status run(const InspectArguments& arguments) {
  const bool kernels = arguments.kernels || arguments.source;
  if (kernels) codegen::require_generators();
  KILN_ASSIGN(ModelArgument::Read model, arguments.model.read());
  ir::Module module = std::move(model.module);
  if (!arguments.after.empty())
    KILN_TRY(passes::find_pass(passes::pipeline(), arguments.after, "--after"));
  if (arguments.after.empty() && !arguments.after_all && !arguments.memory && !kernels)
    return print_part(arguments, module);
  if (arguments.after_all) KILN_TRY(print_part(arguments, module));
  Status printed = ok();
  KILN_TRY(passes::run_pipeline(module, [&](const passes::Pass& pass, const ir::Module& now) {
    if (!printed || (!arguments.after_all && pass.name != arguments.after)) return;
    if (arguments.after_all) fmt::print("// ---- after {}: {}\n", pass.name, pass.summary);
    printed = print_part(arguments, now);
  }));
  if (arguments.memory) {
    KILN_ASSIGN(const auto functions, chosen_functions(arguments, module));
    for (const ir::Function* function : functions)
      fmt::print("{}", passes::describe_memory_plan(*function));
  }
  if (printed && kernels) return print_kernels(arguments, module);
  return printed;
}

}  // namespace

void add_inspect(CLI::App& program, Action& action) {
  auto arguments = std::make_shared<InspectArguments>();
  CLI::App* command = program.add_subcommand("inspect", "print a model's IR");
  arguments->model.add_to(*command);
  arguments->model.add_training_to(*command);
  arguments->model.add_predict_only_to(*command);
  command->add_option("--function", arguments->function,
                      "this function alone: init, train_step, test_step, predict_step");
  command->add_option("--after", arguments->after, "after this pass");
  command->add_flag("--after-all", arguments->after_all, "before all passes, and after each");
  command->add_flag("--memory", arguments->memory, "the memory plan: buffers, arena, lower bound");
  command->add_flag(
      "--kernels", arguments->kernels,
      "a device's kernels: launches, their blocks, threads and local memory; temporaries");
  command->add_flag("--source", arguments->source, "the same, with the kernels' source");
  command
      ->add_option("--device", arguments->device, "for --kernels: opencl (OpenCL C) or cuda (PTX)")
      ->capture_default_str();
  command->add_flag("--no-locations", arguments->no_locations, "leave out where ops came from");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace kiln::cli
