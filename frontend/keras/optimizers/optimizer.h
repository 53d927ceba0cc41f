// What an optimizer is: slots beside every trainable weight, and an update rule. What all of
// Keras's optimizers share (clipping, weight decay, the step count) is here; each rule has a file.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/constraints.h"
#include "frontend/keras/json.h"
#include "ir/builder.h"
#include "runtime/expected.h"

namespace kiln::keras {

/// The scalars of one step, computed once for all weights.
struct StepScalars {
  ir::Tensor learning_rate;  ///< f32 scalar
  ir::Tensor step;           ///< f32 scalar: 1 in the first step
};

/// One weight's update. Everything has the weight's type.
struct WeightUpdate {
  ir::Tensor weight;
  ir::Tensor gradient;
  std::vector<ir::Tensor> slots;  ///< in the order of slots()
  std::string name = "";          ///< "dense/kernel"
  Constraint constraint = {};     ///< what the weight is brought back to at the end
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Keras's, as in its files: "Adam".
  virtual std::string_view class_name() const = 0;
  /// The slots of a weight. Each inner list interleaves over the weights, list after list: that is
  /// the order of Keras's optimizer.variables.
  virtual std::vector<std::vector<std::string>> slots() const = 0;
  /// What the rule needs of the step besides its learning rate, once for all weights.
  virtual std::vector<ir::Tensor> prepare(const StepScalars& step) const {
    return {step.learning_rate};
  }
  /// The weight and its slots after the step. `prepared` is what prepare() gave.
  virtual WeightUpdate update(const WeightUpdate& before,
                              std::span<const ir::Tensor> prepared) const = 0;
  /// The rule's own options, as Keras reads and writes them.
  virtual void read_options(ConfigReader& config) = 0;
  virtual void write_options(Json& config) const = 0;

  double learning_rate = 0.001;
  std::optional<double>
      weight_decay;  ///< the weight loses this part of itself, times the learning rate
  // At most one of the three:
  std::optional<double> clipnorm;         ///< largest norm of each weight's gradient
  std::optional<double> global_clipnorm;  ///< largest norm of all gradients together
  std::optional<double> clipvalue;        ///< largest absolute value of a gradient's element
  std::string name = "";                  ///< empty: Keras's automatic name
};

/// The slots of one weight in a flat list.
std::vector<std::string> slot_names(const Optimizer& optimizer);

/// Clips the gradients, decays the weights, applies the rule and the constraints.
std::vector<WeightUpdate> apply(const Optimizer& optimizer, const StepScalars& step,
                                std::vector<WeightUpdate> weights);

/// Whether the options make sense.
Status check(const Optimizer& optimizer);

/// By Keras's class name or its lower-case form, with default options; null where there is none.
std::shared_ptr<Optimizer> make_optimizer(std::string_view identifier);
/// The error for a name that make_optimizer() does not know.
Diagnostic unknown_optimizer(std::string_view identifier);

/// An optimizer as compile() takes it: an object, or a name.
class OptimizerChoice {
 public:
  OptimizerChoice(const char* identifier) : OptimizerChoice(std::string(identifier)) {}
  OptimizerChoice(std::string identifier)
      : identifier_(std::move(identifier)), optimizer_(make_optimizer(identifier_)) {}
  OptimizerChoice(std::shared_ptr<const Optimizer> optimizer) : optimizer_(std::move(optimizer)) {}
  template <std::derived_from<Optimizer> T>
  OptimizerChoice(T optimizer) : optimizer_(std::make_shared<T>(std::move(optimizer))) {}

  /// Null where the name is unknown.
  const Optimizer* get() const { return optimizer_.get(); }
  const std::string& identifier() const { return identifier_; }

 private:
  std::string identifier_;  ///< empty: an object
  std::shared_ptr<const Optimizer> optimizer_;
};

/// From a name, or from Keras's object. `where` opens the errors.
Expected<OptimizerChoice> read_optimizer(const Json& json, const std::string& where);
Json write_optimizer(const OptimizerChoice& choice);

}  // namespace kiln::keras
