// What an optimizer is: slots beside every trainable weight, and an update rule. Each rule has a
// file; what all of Keras's optimizers share (clipping, weight decay, ...) is apply.h.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/keras/functions/constraints.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/reference.h"
#include "frontend/keras/schedules/schedule.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// A trainable weight: "dense/kernel" and its type.
struct NamedType {
  std::string name;
  ir::Type type;
};

/// A variable that an optimizer keeps beside a weight, or once for all of them.
struct Slot {
  std::string name;  ///< "momentum"
  double initial = 0;
  std::optional<ir::Type> type = {};  ///< empty: the weight's
};

/// The scalars of one update, computed once for all weights.
struct StepScalars {
  ir::Tensor learning_rate;     ///< f32 scalar
  ir::Tensor step;              ///< f32 scalar: 1 in the first update
  std::vector<ir::Tensor> own;  ///< of Optimizer::own_scalars(), before the update
};

/// What a rule needs of an update's scalars.
struct Prepared {
  std::vector<ir::Tensor> values;  ///< f32 scalars, for Optimizer::update()
  std::vector<ir::Tensor> own;     ///< of Optimizer::own_scalars(), after the update
};

/// One weight's update. Everything has the weight's type but slots with a type of their own.
struct WeightUpdate {
  ir::Tensor weight;
  ir::Tensor gradient;
  std::vector<ir::Tensor> slots;  ///< in the order of slots()
  std::string name = "";          ///< "dense/kernel"
  Constraint constraint = {};     ///< what the weight is brought back to at the end
  /// The sum of the squares of what the gradient is the sum of, one part for each time that an
  /// embedding's row was looked up: Keras on TensorFlow squares such gradients part by part. Null:
  /// the gradient is in one part.
  ir::Tensor squares = {};
  ir::Tensor undecayed = {};  ///< the weight before it decayed

  ir::Tensor squared_gradient() const { return squares ? squares : square(gradient); }
  void scale_gradient(ir::Tensor scale) {
    gradient = gradient * scale;
    if (squares) squares = squares * square(scale);
  }
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Keras's, as in its files: "Adam".
  virtual std::string_view class_name() const = 0;
  /// The slots of a weight. Each inner list interleaves over the weights, list after
  /// list: that is the order of Keras's optimizer.variables.
  virtual std::vector<std::vector<Slot>> slots(const NamedType& weight) const = 0;
  /// Scalars that the rule keeps once for all weights.
  virtual std::vector<Slot> own_scalars() const { return {}; }
  /// What the rule needs of the update besides its learning rate, once for all weights.
  virtual Prepared prepare(const StepScalars& step) const { return {{step.learning_rate}, {}}; }
  /// The weight and its slots after the update. `prepared` is what prepare() gave.
  virtual WeightUpdate update(const WeightUpdate& before,
                              std::span<const ir::Tensor> prepared) const = 0;
  /// The weight loses this part of itself, times the learning rate, unless it is among those that
  /// do not decay.
  virtual std::optional<double> decay_of(const NamedType&) const { return weight_decay; }
  /// The rule's own options, in Keras's order.
  virtual OptionList own_options() = 0;
  /// What is wrong with them, if anything.
  virtual std::string objection() const { return ""; }
  /// What every optimizer has, and then its own.
  OptionList option_list();

  LearningRate learning_rate = 0.001;
  /// The weight loses this part of itself, times the learning rate.
  std::optional<double> weight_decay;
  /// Weights with one of these in their name ("bias") do not decay. Keras's files do not say it.
  std::vector<std::string> exclude_from_weight_decay;
  // At most one of the three:
  std::optional<double> clipnorm;         ///< largest norm of each weight's gradient
  std::optional<double> global_clipnorm;  ///< largest norm of all gradients together
  std::optional<double> clipvalue;        ///< largest absolute value of a gradient's element
  /// Keeps a moving average of every weight, which the weights become at the end of fit, and every
  /// ema_overwrite_frequency updates where that is set.
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<int64_t> ema_overwrite_frequency;
  /// The loss is differentiated times this, and the gradients are divided by it.
  std::optional<double> loss_scale_factor;
  /// Updates only every so many steps, by the mean of their gradients; at least 2.
  std::optional<int64_t> gradient_accumulation_steps;
  std::string name = "";  ///< empty: Keras's automatic name
};

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

/// The same optimizer again, to be changed.
std::shared_ptr<Optimizer> copy_of(const Optimizer& optimizer);

/// From a name, or from Keras's object. `where` opens the errors.
Expected<OptimizerChoice> read_optimizer(const Json& json, const std::string& where);
Json write_optimizer(const OptimizerChoice& choice, ConfigKind kind = ConfigKind::file);

/// Every class with its options.
std::vector<ClassReference> optimizer_reference();

}  // namespace kiln::keras
