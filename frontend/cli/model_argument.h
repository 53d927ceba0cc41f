// The MODEL argument that most subcommands take, and the options that change how it trains.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/model.h"
#include "ir/module.h"
#include "runtime/base/expected.h"
#include "runtime/base/timings.h"

namespace kiln::cli {

/// What stands on the command line about the model.
struct ModelArgument {
  std::string model;
  /// Not given: what a model whose layers keep states declares, else the usual one.
  std::optional<int64_t> batch_size = {};
  int64_t usual_batch_size = 32;
  int64_t test_batch_size = 0;  ///< of validation and evaluation; 0: the same
  std::string optimizer;        ///< empty: the model's own, as the following
  std::string loss;
  std::vector<std::string> metrics;
  std::optional<double> learning_rate;
  std::vector<std::string> shapes;  ///< --shape; empty: the model has no open extents, or the data
                                    ///< closes them
  keras::Purpose purpose = keras::Purpose::train;
  bool may_leave_training_out = false;  ///< the command has --predict-only
  keras::SampleWeights sample_weights = keras::SampleWeights::none;  ///< what its steps take

  /// MODEL, --batch-size and --shape.
  void add_to(CLI::App& command);
  /// --optimizer, --loss, --metrics, --learning-rate.
  void add_training_to(CLI::App& command);
  /// --predict-only.
  void add_predict_only_to(CLI::App& command);

  /// MODEL as IR, and its definition where it has one: IR text (.kir) has none.
  struct Read {
    ir::Module module;
    std::optional<keras::Model> definition;
  };
  /// What the purpose does not need of the file's training cannot stop it.
  /// MODEL is a Keras file (.json, .keras, .h5), a built-in example's name, or IR text (.kir).
  /// `shapes_for` closes the extents that the model leaves open where there is no --shape.
  /// `timings` gets the laps "read" and "lower".
  using ShapesFor = std::function<Expected<std::vector<keras::InputShapes>>(const keras::Model&)>;
  Expected<Read> read(Timings* timings = nullptr, const ShapesFor& shapes_for = {}) const;
  /// Whether MODEL holds weights, too.
  bool has_weights() const;
};

}  // namespace kiln::cli
