// kiln compile: an executable that trains.
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "codegen/generators.h"
#include "frontend/checkpoint.h"
#include "frontend/cli/executable_file.h"
#include "frontend/cli/model_argument.h"
#include "frontend/cli/subcommand.h"
#include "frontend/compiler.h"
#include "frontend/file_layout.h"
#include "frontend/keras/files/load.h"
#include "runtime/device/devices.h"

namespace kiln::cli {
namespace {

struct CompileArguments {
  ModelArgument model;
  std::string output;
  std::string devices = "cpu";
  std::string weights;      ///< a file of them; empty: MODEL's own, where it has them
  std::string class_names;  ///< a file of them; empty: that beside the weights, if any
  std::string vocabulary;   ///< likewise
  bool carries_weights = true;
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

/// The file whose weights the executable carries; empty: none.
std::string weights_of(const CompileArguments& arguments) {
  if (!arguments.carries_weights) return "";
  if (!arguments.weights.empty()) return arguments.weights;
  return arguments.model.has_weights() ? arguments.model.model : "";
}

Expected<std::optional<codegen::Checkpoint>> checkpoint_of(const CompileArguments& arguments,
                                                           const ModelArgument::Read& model) {
  const std::string weights = weights_of(arguments);
  if (!weights.empty()) {
    const auto files =
        model.definition ? keras::weight_files(*model.definition) : runtime::WeightFiles{};
    KILN_ASSIGN(
        codegen::Checkpoint checkpoint,
        read_checkpoint(model.module, files, weights, arguments.class_names, arguments.vocabulary));
    return std::optional(std::move(checkpoint));
  }
  for (const auto& [option, file] : {std::pair("--class-names", arguments.class_names),
                                     std::pair("--vocabulary", arguments.vocabulary)}) {
    if (!file.empty())
      return Diagnostic{option, "goes with weights, and the executable has none",
                        "give --weights, or the option to the executable"};
  }
  return std::optional<codegen::Checkpoint>();
}

std::string describe_weights(const CompileArguments& arguments) {
  const std::string weights = weights_of(arguments);
  if (!weights.empty()) return "those of " + weights;
  return arguments.model.has_weights() ? "left out" : "none";
}

Status run(const CompileArguments& arguments, std::chrono::steady_clock::time_point start) {
  Timings timings(start);
  timings.lap("start");
  // No file with weights is in the cache: these are read but once.
  if (!weights_of(arguments).empty()) codegen::require_generators();
  KILN_ASSIGN(ModelArgument::Read model, arguments.model.read(&timings));
  CompilerOptions options;
  options.use_cache = arguments.use_cache;
  options.timings = &timings;
  KILN_ASSIGN(options.devices, runtime::parse_device_kinds(arguments.devices));
  // Before the compilation, which takes longer, in case that they do not fit.
  KILN_ASSIGN(const auto checkpoint, checkpoint_of(arguments, model));
  timings.lap("weights");
  codegen::CompileStatistics statistics;
  if (checkpoint) options.checkpoint = &*checkpoint;
  codegen::FileLayout layout;
  if (model.definition) {
    KILN_ASSIGN(layout, file_layout(*model.definition, model.module));
    options.file_layout = &layout;
  }
  KILN_ASSIGN(const std::string executable,
              compile_executable(std::move(model.module), options, &statistics));
  KILN_TRY(write_executable(arguments.output, executable));
  timings.lap("write");
  fmt::print("{}: {} kernels, {} of them from the cache\n", arguments.output, statistics.kernels,
             statistics.cache_hits);
  fmt::print("weights: {}\n", describe_weights(arguments));
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
  CLI::Option* weights = command->add_option(
      "--weights", arguments->weights,
      "a file of the weights that the executable carries; default: MODEL's own, where it has them");
  command->add_flag("!--no-weights", arguments->carries_weights, "leave the weights out")
      ->excludes(weights);
  command->add_option("--class-names", arguments->class_names,
                      "a file of them, one a line, to be carried; default beside the weights");
  command->add_option("--vocabulary", arguments->vocabulary,
                      "of texts, to be carried; default beside the weights");
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
  command->callback([arguments, &action] {
    action = [arguments, start = action.start] { return run(*arguments, start); };
  });
}

}  // namespace kiln::cli
