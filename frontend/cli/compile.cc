// kiln compile: an executable that trains, or a library for C.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "codegen/generators.h"
#include "codegen/library/library_file.h"
#include "codegen/link.h"
#include "frontend/checkpoint.h"
#include "frontend/cli/compile_order.h"
#include "frontend/cli/library_size.h"
#include "frontend/cli/output_files.h"
#include "frontend/cli/subcommand.h"
#include "frontend/compiler.h"
#include "frontend/file_layout.h"
#include "frontend/keras/files/load.h"
#include "frontend/streaming.h"
#include "ir/printer.h"
#include "passes/pass.h"
#include "runtime/device/devices.h"

namespace kiln::cli {
namespace {

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

/// One run of the command: from the model to the files that were ordered.
class Compilation {
 public:
  Compilation(const CompileArguments& arguments, CompileOrder order,
              std::chrono::steady_clock::time_point start)
      : arguments_(arguments), order_(std::move(order)), timings_(start) {}

  Status run();

 private:
  Status read();
  Status read_stream(const ModelArgument& argument);
  Status add_executable();
  Status add_library();
  Status add_ir();
  void add(Emit kind, std::string bytes, bool is_executable) {
    files_.push_back({path_of(kind, arguments_.output, order_.kinds.size() == 1, order_.library),
                      std::move(bytes), is_executable});
  }
  void report() const;
  Status check_limits() const;

  const CompileArguments& arguments_;
  CompileOrder order_;
  Timings timings_;
  ModelArgument::Read model_;
  std::optional<codegen::Checkpoint> checkpoint_;
  CompilerOptions options_;
  codegen::FileLayout layout_;
  codegen::CompileStatistics statistics_;
  std::optional<codegen::Library> library_;
  std::vector<OutputFile> files_;
};

Status Compilation::run() {
  timings_.lap("start");
  // No file with weights is in the cache: these are read but once.
  if (!weights_of(arguments_).empty() || order_.has_library()) codegen::require_generators();
  KILN_TRY(read());
  if (order_.has(Emit::exe)) KILN_TRY(add_executable());
  if (order_.has_library()) KILN_TRY(add_library());
  if (order_.has(Emit::kir)) KILN_TRY(add_ir());
  KILN_TRY(write_outputs(files_));
  timings_.lap("write");
  report();
  return ok();
}

Status Compilation::read() {
  ModelArgument argument = arguments_.model;
  if (order_.purpose == LibraryPurpose::predict) argument.purpose = keras::Purpose::predict;
  if (order_.purpose == LibraryPurpose::predict && order_.has_library())
    argument.usual_batch_size = 1;
  if (order_.streams) {
    KILN_TRY(read_stream(argument));
  } else {
    KILN_ASSIGN(model_, argument.read(&timings_));
  }
  options_.use_cache = arguments_.use_cache;
  options_.timings = &timings_;
  options_.machine = order_.machine;
  KILN_ASSIGN(options_.devices, runtime::parse_device_kinds(arguments_.devices));
  // Before the compilation, which takes longer, in case that they do not fit.
  KILN_ASSIGN(checkpoint_, checkpoint_of(arguments_, model_));
  timings_.lap("weights");
  if (checkpoint_) options_.checkpoint = &*checkpoint_;
  return ok();
}

/// The model of one time step, once it is clear that it computes what the whole sequence's does.
Status Compilation::read_stream(const ModelArgument& argument) {
  const auto some_steps =
      [](const keras::Model& model) -> Expected<std::vector<keras::InputShapes>> {
    KILN_ASSIGN(keras::InputShapes shapes, keras::declared_shapes(model));
    for (ir::Shape& shape : shapes) {
      if (!shape.empty() && shape[0] == keras::kNone) shape[0] = kComparedSteps;
    }
    return std::vector<keras::InputShapes>{shapes};
  };
  KILN_ASSIGN(model_, argument.read(&timings_, some_steps));
  if (!model_.definition) {
    return Diagnostic{"--for=step", "takes a Keras model, and this is IR text", ""};
  }
  const int64_t batch =
      std::get<int64_t>(model_.module.function("predict_step")->attributes.at("batch"));
  KILN_ASSIGN(keras::Model stream, streaming_model(*model_.definition, batch));
  KILN_ASSIGN(ir::Module module,
              keras::lower(stream, {.batch = batch, .purpose = keras::Purpose::predict}));
  KILN_TRY(check_streaming(model_.module, module));
  module.attributes["streams"] = int64_t{1};
  model_ = {std::move(module), std::move(stream)};
  return ok();
}

Status Compilation::add_executable() {
  CompilerOptions options = options_;
  if (model_.definition) {
    KILN_ASSIGN(layout_, file_layout(*model_.definition, model_.module));
    options.file_layout = &layout_;
  }
  KILN_ASSIGN(std::string executable,
              compile_executable(ir::clone(model_.module), options, &statistics_));
  add(Emit::exe, std::move(executable), /*is_executable=*/true);
  return ok();
}

Status Compilation::add_library() {
  const bool needs_weights = order_.purpose == LibraryPurpose::predict &&
                             !model_.module.variables.empty() && arguments_.carries_weights;
  if (needs_weights && !checkpoint_) {
    return Diagnostic{arguments_.model.model, "holds no weights, and a library that predicts does",
                      "give --weights FILE, or --no-weights: its caller then brings them"};
  }
  KILN_ASSIGN(library_,
              compile_model_library(ir::clone(model_.module),
                                    {order_.library, order_.purpose, arguments_.self_test},
                                    options_, &statistics_));
  KILN_TRY(check_limits());
  files_.push_back({header_path(arguments_.output), library_->header});
  if (order_.has(Emit::object)) add(Emit::object, library_->object, false);
  if (order_.has(Emit::lib)) {
    KILN_ASSIGN(std::string archive,
                codegen::static_library(library_->object, order_.library + ".o"));
    add(Emit::lib, std::move(archive), false);
  }
  if (order_.has(Emit::shared)) {
    const std::string path =
        path_of(Emit::shared, arguments_.output, order_.kinds.size() == 1, order_.library);
    const bool foreign = order_.machine && !codegen::runs_executables(*order_.machine);
    KILN_ASSIGN(std::string shared, codegen::link_shared_library(
                                        {{{order_.library, library_->object}}}, library_->symbols,
                                        std::filesystem::path(path).filename().string(), foreign));
    add(Emit::shared, std::move(shared), true);
  }
  timings_.lap("library");
  return ok();
}

Status Compilation::add_ir() {
  ir::Module module = ir::clone(model_.module);
  KILN_TRY(passes::run_pipeline(module));
  add(Emit::kir, ir::print(module), false);
  return ok();
}

Status Compilation::check_limits() const {
  KILN_TRY(check_flash(*library_, arguments_.max_flash));
  return check_ram(*library_, arguments_.max_ram);
}

void Compilation::report() const {
  std::vector<std::string> paths;
  for (const OutputFile& file : files_) paths.push_back(file.path);
  fmt::print("{}: {} kernels, {} of them from the cache\n", fmt::join(paths, ", "),
             statistics_.kernels, statistics_.cache_hits);
  fmt::print("weights: {}\n", describe_weights(arguments_));
  if (library_) print_library(*library_, arguments_.verbose);
  if (arguments_.timings) {
    fmt::print("{} calls of {} distinct kernels\n", statistics_.calls, statistics_.kernels);
    print_timings(timings_);
  }
}

Status run(const CompileArguments& arguments, std::chrono::steady_clock::time_point start) {
  KILN_ASSIGN(CompileOrder order, order_of(arguments));
  return Compilation(arguments, std::move(order), start).run();
}

}  // namespace

void add_compile(CLI::App& program, Action& action) {
  auto arguments = std::make_shared<CompileArguments>();
  CLI::App* command =
      program.add_subcommand("compile",
                             "write an executable that trains, evaluates and predicts, or a "
                             "library for C");
  arguments->model.add_to(*command);
  arguments->model.add_training_to(*command);
  arguments->model.add_predict_only_to(*command);
  command
      ->add_option("-o,--output", arguments->output,
                   "the file to write; of several kinds each is written beside it")
      ->required();
  command
      ->add_option("--emit", arguments->emit,
                   "what to write: exe, a program; lib, shared or object, a library for C with its "
                   "header; kir, the IR after all passes; or several with commas between them")
      ->capture_default_str();
  command
      ->add_option(
          "--for", arguments->purpose,
          "predict, step (a library that predicts one time step after the other) or train: "
          "what it is to do; default train, for a library predict")
      ->check(CLI::IsMember({"predict", "step", "train"}))
      ->each([arguments](const std::string& purpose) {
        if (purpose != "train") arguments->model.purpose = keras::Purpose::predict;
      });
  command
      ->add_option("--target,--cpu", arguments->target,
                   "the machine that the code is for, one of \"kiln targets\"")
      ->default_str("this one");
  command->add_flag("--self-test", arguments->self_test,
                    "a library can test itself: inputs in it, and what the model computes of them");
  command
      ->add_option("--max-flash", arguments->max_flash,
                   "the most bytes of code and constants that a library may take: 64K, 1M")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  command
      ->add_option("--max-ram", arguments->max_ram,
                   "the most bytes of memory that it may want of its caller")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  command->add_flag("-v,--verbose", arguments->verbose, "what takes memory in a library");
  command->add_option("--name", arguments->name,
                      "what a library's names in C begin with; default the output's");
  CLI::Option* weights = command->add_option(
      "--weights", arguments->weights,
      "a file of the weights that the output carries; default: MODEL's own, where it has them");
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
