#include "frontend/cli/run_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/adapt_normalization.h"
#include "frontend/cli/input_shapes.h"
#include "frontend/compiler.h"
#include "frontend/data/image_folder.h"
#include "frontend/device.h"
#include "frontend/keras/files/load.h"
#include "runtime/data/dataset.h"
#include "runtime/data/npy.h"
#include "runtime/program/options.h"

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
  const bool any = !weights.empty() || !line.fit.class_weight.empty();
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
                               variable->attributes.contains("random_state") ||
                               variable->attributes.contains("recurrent_state"));
                     });
}

/// Takes out the functions that the command doesn't call: nobody waits until they are compiled. The
/// variables stay, for the files that hold them. Only the first of a model's shapes is trained on.
/// What predicts calls `init` for what its weights do not give, as a rule nothing; what trains may
/// find a test set in its data. `initializes`: the weights may be a part.
void keep_called(runtime::Command command, bool initializes, ir::Module& module) {
  const ir::Function* prediction = module.function("predict_step");
  const bool needs_init =
      initializes || prediction == nullptr || reads_unsaved(*prediction, module);
  std::erase_if(module.functions, [&](const std::unique_ptr<ir::Function>& function) {
    const std::string_view own = function->name;
    const std::string_view name = own.substr(0, own.find('.'));
    switch (command) {
      case runtime::Command::kFit:
        return name == "predict_step" || (name == "train_step" && name != own);
      case runtime::Command::kEvaluate:
        return name != "init" && name != "test_step";
      case runtime::Command::kPredict:
        return name != "predict_step" && !(name == "init" && needs_init);
      default:
        return false;
    }
  });
}

/// Lists the options that executables have, too. Their values have been read when CLI11 comes to
/// them (see read_shared()).
void list_shared(const runtime::CommandLine& defaults, CLI::App& command) {
  for (const auto& option : runtime::describe_options(defaults.command, defaults)) {
    const std::string letter = option.letter == 0 ? "" : fmt::format("-{},", option.letter);
    const std::string names = fmt::format("{}--{}", letter, option.name);
    const std::string text = option.text + option.only_kiln;
    if (option.value_name.empty()) {
      command.add_flag(names, text);
    } else {
      command
          .add_option(
              names, [](const CLI::results_t&) { return true; }, text)
          ->type_name(option.value_name)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

/// Reads the options that executables have, too, as they do. `count`: how many of the words stand
/// behind the command's name.
void read_shared(const std::vector<std::string>& words, size_t count, runtime::CommandLine& line) {
  const auto behind_name = std::span(words).last(std::min(count, words.size()));
  const std::string see = runtime::see_help("kiln", line.command);
  const auto read = runtime::read_options(behind_name, see, line);
  if (!read) throw CommandLineMistake(read.error());
}

std::vector<AdaptableLayer> adaptable_layers_of(const ModelArgument::Read& read) {
  return read.definition ? adaptable_layers(*read.definition) : std::vector<AdaptableLayer>();
}

}  // namespace

RunOptions::RunOptions(runtime::Command command) {
  line.command = command;
  line.device = {KILN_CPU};
}

void RunOptions::add_to(CLI::App& command, const Action& action) {
  model.add_to(command);
  list_shared(line, command);
  command.footer(runtime::data_help());
  command.add_flag("--by-name", rules.by_name,
                   "find layers of --weights, an older .h5 file, by their names; others keep their "
                   "initial weights");
  command.add_flag("--skip-mismatch", rules.skip_mismatch,
                   "weights of --weights that do not fit stay as they are initialized");
  command.add_flag("!--no-cache", use_cache, "compile every kernel anew");
  command.preparse_callback(
      [this, &action](size_t count) { read_shared(action.words, count, line); });
}

void RunOptions::print_unadapted(const ModelArgument::Read& read) const {
  const std::vector<AdaptableLayer> layers = adaptable_layers_of(read);
  const bool fresh = line.command == runtime::Command::kFit && line.weights.empty();
  if (adapt || !fresh || model.has_weights() || layers.empty() || line.fit.verbose == 0) return;
  fmt::print("{}: changes nothing; --adapt gives it the data's mean and variance\n",
             layers[0].layer->name);
}

// The function refers to `read`.
Expected<runtime::BeforeTraining> RunOptions::before_training(
    const ModelArgument::Read& read) const {
  if (!adapt) return runtime::BeforeTraining();
  if (adaptable_layers_of(read).empty()) {
    return Diagnostic{"--adapt", "the model has no Normalization that takes its mean from data",
                      ""};
  }
  return runtime::BeforeTraining(
      [&](runtime::Session& session, const runtime::Examples& examples) -> Status {
        KILN_TRY(adapt_layers(*read.definition, examples.x));
        return assign_statistics(adapted_statistics(*read.definition), session);
      });
}

Status RunOptions::run() const {
  KILN_TRY(runtime::check_complete(line, runtime::see_help("kiln", line.command)));
  ModelArgument for_line = model;
  if (line.command == runtime::Command::kEvaluate) for_line.purpose = keras::Purpose::evaluate;
  if (line.command == runtime::Command::kPredict) for_line.purpose = keras::Purpose::predict;
  KILN_ASSIGN(for_line.sample_weights, sample_weights(line));
  for_line.test_batch_size = line.fit.validation_batch_size.value_or(0);
  runtime::CommandLine complete = line;
  if (line.weights.empty() && model.has_weights()) complete.weights = model.model;
  const runtime::ImageReader images = data::load_image_folders;
  ClosingData data(complete, images);
  KILN_ASSIGN(ModelArgument::Read read, for_line.read(nullptr, [&](const keras::Model& open) {
    return data.shapes_for(open);
  }));
  KILN_ASSIGN(const runtime::BeforeTraining before, before_training(read));
  keep_called(line.command, rules.any(), read.module);
  CompilerOptions options;
  options.use_cache = use_cache;
  KILN_ASSIGN(complete.device, compile_for_device(line.device, options));
  KILN_ASSIGN(const codegen::LoadedCode code, compile_in_memory(std::move(read.module), options));
  print_unadapted(read);
  const auto files =
      read.definition ? keras::weight_files(*read.definition, rules) : runtime::WeightFiles{};
  return runtime::run_command({.model = *code.model(),
                               .files = files,
                               .images = images,
                               .before = before,
                               .loader = data.loader()},
                              complete);
}

}  // namespace kiln::cli
