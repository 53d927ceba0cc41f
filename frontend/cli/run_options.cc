#include "frontend/cli/run_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/adapt_normalization.h"
#include "frontend/compiler.h"
#include "frontend/data/image_folder.h"
#include "frontend/device.h"
#include "frontend/keras/files/load.h"
#include "runtime/data/dataset.h"
#include "runtime/data/npy.h"

namespace kiln::cli {
namespace {

/// What the steps must take for this command line. Arrays of weights in the data are found by their
/// names.
Expected<keras::SampleWeights> sample_weights(const runtime::CommandLine& line) {
  KILN_ASSIGN(std::vector<runtime::NamedArray> weights,
              runtime::load_arrays(line.data, "sample_weight"));
  if (!line.sample_weight.empty()) {
    KILN_ASSIGN(runtime::Array array, runtime::load_npy(line.sample_weight));
    weights.push_back({"", std::move(array)});
  }
  const bool per_value = std::any_of(weights.begin(), weights.end(),
                                     [](const auto& named) { return named.array.rank() > 1; });
  if (per_value) return keras::SampleWeights::per_value;
  const bool any = !weights.empty() || !line.class_weight.empty();
  return any ? keras::SampleWeights::per_row : keras::SampleWeights::none;
}

/// Whether a function reads variables that no file of weights holds.
bool reads_unsaved(const ir::Function& function, const ir::Module& module) {
  return std::any_of(function.argument_bindings.begin(), function.argument_bindings.end(),
                     [&](const ir::Binding& binding) {
                       const ir::Variable* variable =
                           binding.is_variable ? module.variable(binding.name) : nullptr;
                       return variable != nullptr &&
                              (variable->role == ir::Role::optimizer ||
                               variable->role == ir::Role::metric ||
                               variable->attributes.contains("random_state"));
                     });
}

/// Takes out the functions that the command doesn't call: nobody waits until they are compiled. The
/// variables stay, for the files that hold them. What predicts calls `init` for what its weights
/// do not give, as a rule nothing; what trains may find a test set in its data.
void keep_called(runtime::Command command, ir::Module& module) {
  const ir::Function* prediction = module.function("predict_step");
  const bool needs_init = prediction == nullptr || reads_unsaved(*prediction, module);
  std::erase_if(module.functions, [&](const std::unique_ptr<ir::Function>& function) {
    const std::string& name = function->name;
    switch (command) {
      case runtime::Command::kFit:
        return name == "predict_step";
      case runtime::Command::kEvaluate:
        return name != "init" && name != "test_step";
      case runtime::Command::kPredict:
        return name != "predict_step" && !(name == "init" && needs_init);
      default:
        return false;
    }
  });
}

/// What CLI11 prints behind an option's name; empty: its value is right.
std::string complaint(const Expected<runtime::DeviceChoice>& choice) {
  return choice ? "" : fmt::format("{} ({})", choice.error().message, choice.error().note);
}

}  // namespace

void RunOptions::add_to(CLI::App& command) {
  model.add_to(command);
  command
      .add_option(
          "--data", line.data,
          "digits, reviews, a directory (IDX or .npy files, or a folder of images or texts for "
          "each "
          "class), X.npy,Y.npy, FILE.npz, FILE.csv[:label=NAME], FILE.tsv[:text=NAME,label=NAME], "
          "or sequences: X.txt,Y.txt or X.json,Y.txt")
      ->required();
  command.add_option("--sample-weight", line.sample_weight,
                     "a .npy file: how much each example counts; default: an array sample_weight "
                     "of the data, if there is one");
  command.add_option("--vocabulary", line.vocabulary,
                     "of texts; default: beside --weights, and beside --save in fit");
  command.add_option("--weights", line.weights,
                     "start from these weights (.npz as --save writes it, .keras, .weights.h5); "
                     "default: MODEL's own, if it is a .keras file");
  command
      .add_option("--device", device,
                  "cpu, opencl, opencl:N, cuda, cuda:N (as kiln devices lists them), or auto")
      ->check([](const std::string& text) { return complaint(runtime::parse_device(text)); })
      ->capture_default_str();
  command.add_option("--threads", line.threads, "0: one for each CPU")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--verbose", line.verbose, "0 nothing, 1 a progress bar, 2 a line an epoch")
      ->check(CLI::Range(0, 2))
      ->capture_default_str();
  command.add_flag("!--no-cache", use_cache, "compile every kernel anew");
}

void RunOptions::add_callbacks_to(CLI::App& command) {
  const auto all = runtime::callback_options();
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string name = std::string("--") + all[i].name;
    if (all[i].value == nullptr) {
      command.add_flag_callback(
          name, [this, i] { callbacks.emplace_back(i, ""); }, all[i].description);
      continue;
    }
    command
        .add_option_function<std::string>(
            name, [this, i](const std::string& text) { callbacks.emplace_back(i, text); },
            all[i].description)
        ->type_name(all[i].value)
        ->trigger_on_parse();
  }
  command
      .add_option("--backup", backup,
                  "keep the state of the run in this directory; the same command goes on from it: "
                  "dir,save_freq=100")
      ->type_name("DIR,...");
}

// The function refers to `read`.
Expected<runtime::BeforeTraining> RunOptions::before_training(
    const ModelArgument::Read& read) const {
  const std::vector<AdaptableLayer> layers =
      read.definition ? adaptable_layers(*read.definition) : std::vector<AdaptableLayer>();
  if (!adapt) {
    const bool fresh = line.command == runtime::Command::kFit && line.weights.empty();
    if (fresh && !model.has_weights() && !layers.empty() && line.verbose > 0) {
      fmt::print("{}: changes nothing; --adapt gives it the data's mean and variance\n",
                 layers[0].layer->name);
    }
    return runtime::BeforeTraining();
  }
  if (layers.empty()) {
    return Diagnostic{"--adapt", "the model has no Normalization that takes its mean from data",
                      ""};
  }
  return runtime::BeforeTraining([&](runtime::Session& session, const runtime::Examples& examples) {
    if (const Status adapted = adapt_layers(*read.definition, examples.x); !adapted) return adapted;
    return assign_statistics(adapted_statistics(*read.definition), session);
  });
}

Status RunOptions::run() const {
  runtime::CommandLine with_callbacks = line;
  for (const auto& [index, text] : callbacks) KILN_TRY(with_callbacks.callbacks.add(index, text));
  if (backup) KILN_TRY(with_callbacks.callbacks.set_backup(*backup));
  ModelArgument for_line = model;
  KILN_ASSIGN(for_line.sample_weights, sample_weights(line));
  for_line.test_batch_size = line.validation_batch_size.value_or(0);
  KILN_ASSIGN(ModelArgument::Read read, for_line.read());
  KILN_ASSIGN(const runtime::BeforeTraining before, before_training(read));
  keep_called(line.command, read.module);
  CompilerOptions options;
  options.use_cache = use_cache;
  KILN_ASSIGN(const runtime::DeviceChoice choice, runtime::parse_device(device));
  KILN_ASSIGN(with_callbacks.device, compile_for_device(choice, options));
  KILN_ASSIGN(const codegen::Jit code, compile_in_memory(std::move(read.module), options));
  if (line.weights.empty() && model.has_weights()) with_callbacks.weights = model.model;
  return runtime::run_command(
      *code.model(), with_callbacks,
      read.definition ? keras::weight_files(*read.definition) : runtime::WeightFiles{},
      data::load_image_folders, before);
}

}  // namespace kiln::cli
