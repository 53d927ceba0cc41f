// kiln compile: an executable that trains.
#include <fmt/format.h>

#include "codegen/link.h"
#include "frontend/cli/model_argument.h"
#include "frontend/cli/subcommand.h"
#include "frontend/compiler.h"
#include "runtime/device/devices.h"

namespace kiln::cli {
namespace {

struct CompileArguments {
  ModelArgument model;
  std::string output;
  std::string devices = "cpu";
  bool use_cache = true;
  bool timings = false;
};

void print_timings(const Timings& timings) {
  auto print = [](const std::string& name, double seconds) {
    fmt::print("{:<22}{:>10.1f} ms\n", name, seconds * 1e3);
  };
  for (const Timings::Row& row : timings.rows()) print(row.name, row.seconds);
  print("total", timings.total_seconds());
}

Status run(const CompileArguments& arguments) {
  Timings timings;
  KILN_ASSIGN(ModelArgument::Read model, arguments.model.read(&timings));
  ir::Module module = std::move(model.module);
  CompilerOptions options;
  options.use_cache = arguments.use_cache;
  options.timings = &timings;
  KILN_ASSIGN(options.devices, runtime::parse_device_kinds(arguments.devices));
  codegen::CompileStatistics statistics;
  KILN_ASSIGN(const codegen::ObjectCode code, compile(std::move(module), options, &statistics));
  KILN_TRY(codegen::link_executable(code, arguments.output));
  timings.lap("link");
  fmt::print("{}: {} kernels, {} of them from the cache\n", arguments.output, statistics.kernels,
             statistics.cache_hits);
  if (arguments.timings) {
    fmt::print("{} calls of {} distinct kernels\n", statistics.calls, statistics.kernels);
    print_timings(timings);
  }
  return ok();
}

}  // namespace

void add_compile(CLI::App& program, Action& action) {
  auto arguments = std::make_shared<CompileArguments>();
  CLI::App* command =
      program.add_subcommand("compile", "write an executable that trains, evaluates and predicts");
  arguments->model.add_to(*command);
  arguments->model.add_training_to(*command);
  arguments->model.add_predict_only_to(*command);
  command->add_option("-o,--output", arguments->output, "the executable to write")->required();
  command
      ->add_option("--device", arguments->devices,
                   "cpu, opencl, cuda, or several with commas between them, of which the "
                   "executable chooses when it starts")
      ->capture_default_str();
  command->add_flag_callback(
      "--sample-weight",
      [arguments] { arguments->model.sample_weights = keras::SampleWeights::per_row; },
      "let the executable weight examples: --sample-weight, --class-weight");
  command->add_flag("!--no-cache", arguments->use_cache, "compile every kernel anew");
  command->add_flag("--timings", arguments->timings, "print what took how long");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace kiln::cli
