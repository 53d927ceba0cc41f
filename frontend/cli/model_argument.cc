#include "frontend/cli/model_argument.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "codegen/generators.h"
#include "frontend/cli/input_shapes.h"
#include "frontend/cli/text_file.h"
#include "frontend/keras/files/archive.h"
#include "frontend/keras/files/legacy_h5.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/built_in_models.h"
#include "frontend/keras/optimizers/optimizer.h"
#include "ir/parser.h"
#include "runtime/data/container.h"

namespace kiln::cli {
namespace {

constexpr const char* kModelHelp =
    "a Keras model (.keras, .h5, or .json as model.to_json() writes it), IR text (.kir), or a "
    "built-in "
    "example's name";

/// By what the file holds; what holds none of them is what its name says, and an error.
runtime::Container kind_of(const std::string& name) {
  const runtime::Container container = runtime::container_of(name);
  if (container != runtime::Container::other) return container;
  if (name.ends_with(".json")) return runtime::Container::json;
  if (name.ends_with(".keras")) return runtime::Container::zip;
  const bool is_hdf5 = name.ends_with(".h5") || name.ends_with(".hdf5");
  return is_hdf5 ? runtime::Container::hdf5 : runtime::Container::other;
}

/// The error for what is no model that kiln reads.
Diagnostic unknown_model(const std::string& name) {
  const std::string known =
      fmt::format("built-in examples: {}", fmt::join(keras::example_names(), ", "));
  std::error_code error;
  const std::filesystem::path path(name);
  if (std::filesystem::exists(path / "saved_model.pb", error)) {
    return {name, "is a SavedModel of TensorFlow's, which kiln does not read",
            "load it in Python, and save it with model.save(\"model.keras\") or as .h5"};
  }
  if (!std::filesystem::exists(path, error))
    return {name, "there is no such file, and no built-in example of that name", known};
  return {name, "is neither a .keras, .h5, .json or .kir file, nor a built-in example", known};
}

Expected<keras::Model> read_definition(const std::string& name) {
  const auto examples = keras::example_names();
  if (std::find(examples.begin(), examples.end(), name) != examples.end())
    return keras::example(name);
  switch (kind_of(name)) {
    case runtime::Container::json:
      return keras::read_model(name);
    case runtime::Container::zip:
      return keras::read_archive_model(name);
    case runtime::Container::hdf5:
      return keras::read_legacy_h5_model(name);
    case runtime::Container::other:
      break;
  }
  return unknown_model(name);
}

/// A pipe: the program that reads it must be able to do all the rest.
bool is_read_once(const std::string& name) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(name, error);
  return std::filesystem::is_fifo(status) || std::filesystem::is_character_file(status);
}

/// A new optimizer of that name, or the model's own, with another learning rate where one is given.
Expected<keras::OptimizerChoice> choose_optimizer(const ModelArgument& argument,
                                                  const keras::OptimizerChoice& own) {
  if (argument.optimizer.empty() && !argument.learning_rate) return own;
  std::shared_ptr<keras::Optimizer> chosen = argument.optimizer.empty()
                                                 ? keras::copy_of(*own.get())
                                                 : keras::make_optimizer(argument.optimizer);
  if (chosen == nullptr) return keras::unknown_optimizer(argument.optimizer);
  if (argument.learning_rate && chosen->learning_rate.is_scheduled()) {
    return Diagnostic{argument.model, "the learning rate follows a schedule and cannot be set",
                      "give --optimizer, too, for one without a schedule"};
  }
  if (argument.learning_rate) chosen->learning_rate = *argument.learning_rate;
  return keras::OptimizerChoice(std::shared_ptr<const keras::Optimizer>(chosen));
}

/// What to do about a part of the file's training that cannot be read.
Status unreadable(const ModelArgument& argument, const Diagnostic& error, std::string_view option) {
  std::string first = error.note;
  if (!first.empty()) first += first.ends_with('?') ? " " : "; ";
  const std::string without =
      argument.may_leave_training_out ? ", --predict-only leaves training out" : "";
  return Diagnostic{error.where, error.message,
                    fmt::format("{}--{} replaces it{}", first, option, without)};
}

/// Whether what the purpose needs could be read.
Status check_readable(const ModelArgument& argument, const keras::Model& model) {
  using keras::Purpose;
  const keras::UnreadableTraining& parts = model.unreadable;
  if (argument.purpose == Purpose::train && parts.optimizer)
    return unreadable(argument, *parts.optimizer, "optimizer");
  if (argument.purpose != Purpose::predict && parts.loss)
    return unreadable(argument, *parts.loss, "loss");
  if (argument.purpose != Purpose::predict && parts.metrics)
    return unreadable(argument, *parts.metrics, "metrics");
  return ok();
}

Status change_training(const ModelArgument& argument, keras::Model& model) {
  const bool changes = !argument.optimizer.empty() || !argument.loss.empty() ||
                       !argument.metrics.empty() || argument.learning_rate;
  if (!changes) return ok();
  keras::CompileOptions options = model.compile_options.value_or(keras::CompileOptions{});
  if (!model.compile_options && argument.loss.empty()) {
    return Diagnostic{argument.model, "was not compiled for training",
                      "add --loss (and --optimizer, --metrics)"};
  }
  keras::UnreadableTraining still = model.unreadable;
  if (!argument.optimizer.empty()) still.optimizer.reset();
  if (!still.optimizer) {
    KILN_ASSIGN(options.optimizer, choose_optimizer(argument, options.optimizer));
  }
  if (!argument.loss.empty()) {
    options.loss = argument.loss;
    still.loss.reset();
  }
  if (!argument.metrics.empty()) {
    options.metrics = std::vector<keras::Metric>(argument.metrics.begin(), argument.metrics.end());
    still.metrics.reset();
  }
  model.compile(std::move(options));
  model.unreadable = std::move(still);
  return ok();
}

/// The shapes of --shape, or those that `shapes_for` knows where the model leaves extents open.
Status close_extents(const ModelArgument& argument, const keras::Model& model,
                     const ModelArgument::ShapesFor& shapes_for, keras::LowerOptions& options) {
  std::vector<keras::InputShapes> shapes;
  if (!argument.shapes.empty()) {
    KILN_ASSIGN(shapes, parse_shapes(argument.shapes, model));
  } else if (shapes_for) {
    KILN_ASSIGN(const keras::InputShapes declared, keras::declared_shapes(model));
    if (keras::has_open_extents(declared)) {
      KILN_ASSIGN(shapes, shapes_for(model));
    }
  }
  if (shapes.empty()) return ok();
  options.input_shapes = std::move(shapes[0]);
  options.further_shapes.assign(std::make_move_iterator(shapes.begin() + 1),
                                std::make_move_iterator(shapes.end()));
  return ok();
}

}  // namespace

void ModelArgument::add_to(CLI::App& command) {
  command.add_option("MODEL", model, kModelHelp)->required();
  command.add_option("--batch-size", batch_size, "examples in one step")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20))
      ->default_str("32");
  command
      .add_option(
          "--shape", shapes,
          "an input's shape without the batch, 6,2 or NAME=6,2, where the model leaves "
          "extents open (None); default what the data has; several times for several shapes")
      ->allow_extra_args(false)
      ->take_all();
}

void ModelArgument::add_training_to(CLI::App& command) {
  command.add_option("--optimizer", optimizer,
                     "by Keras's name: adam, sgd, ...; default: the model's own");
  command.add_option("--loss", loss, "by Keras's name; default: the model's own");
  command
      .add_option("--metrics", metrics,
                  "by Keras's names, separated by commas; default: the model's own")
      ->delimiter(',');
  command.add_option("--learning-rate", learning_rate, "default: the optimizer's own")
      ->check([](const std::string& text) {
        const double rate = std::strtod(text.c_str(), nullptr);
        return std::isfinite(rate) && rate >= 0 ? std::string() : "must be a number from 0";
      });
}

bool ModelArgument::has_weights() const {
  const runtime::Container kind = kind_of(model);
  return kind == runtime::Container::zip || kind == runtime::Container::hdf5;
}

void ModelArgument::add_predict_only_to(CLI::App& command) {
  may_leave_training_out = true;
  command.add_flag_callback(
      "--predict-only", [this] { purpose = keras::Purpose::predict; },
      "leave training and evaluation out: loss, metrics and optimizer are not needed");
}

Expected<ModelArgument::Read> ModelArgument::read(Timings* timings,
                                                  const ShapesFor& shapes_for) const {
  if (is_read_once(model)) codegen::require_generators();
  if (model.ends_with(".kir")) {
    KILN_ASSIGN(const std::string text, read_text_file(model));
    KILN_ASSIGN(ir::Module module, ir::parse_module(text, model));
    lap(timings, "read");
    return Read{std::move(module), std::nullopt};
  }
  KILN_ASSIGN(keras::Model definition, read_definition(model));
  KILN_TRY(change_training(*this, definition));
  KILN_TRY(check_readable(*this, definition));
  lap(timings, "read");
  KILN_ASSIGN(const int64_t own_batch, keras::default_batch(definition, usual_batch_size));
  keras::LowerOptions options = {.batch = batch_size.value_or(own_batch),
                                 .test_batch = test_batch_size,
                                 .sample_weights = sample_weights,
                                 .purpose = purpose};
  KILN_TRY(close_extents(*this, definition, shapes_for, options));
  KILN_ASSIGN(ir::Module module, keras::lower(definition, options));
  lap(timings, "lower");
  return Read{std::move(module), std::move(definition)};
}

}  // namespace kiln::cli
