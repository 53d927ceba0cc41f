// What a layer is: a config, weights that follow from its inputs' types, and a forward pass in ops.
// One file per layer in layers/; layers/list.cc names them all.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/functions/constraints.h"
#include "frontend/keras/functions/initializers.h"
#include "frontend/keras/functions/regularizers.h"
#include "frontend/keras/functions/signal.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/json/shape.h"
#include "frontend/keras/options/option.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"
#include "runtime/data/text/text_rules.h"

namespace kiln::keras {

/// What a variable of a layer is to Keras.
enum class WeightKind {
  weight,
  /// A random generator's state: Keras neither counts it among the weights nor writes it into its
  /// files; kiln's files keep it.
  random_state,
  /// A recurrent layer's state, which one batch leaves to the next one: no weight, and in no file.
  recurrent_state,
};

/// A weight that a layer declares; its variable is called "LAYER/NAME". That it is regularized and
/// constrained needs no more than to be said here.
struct WeightSpec {
  std::string name;
  ir::Type type;
  Initializer initializer;
  bool trainable = true;
  Regularizer regularizer = {};
  Constraint constraint = {};
  /// Which object of the layer holds it in Keras's files, by the attributes that lead there:
  /// "cell", "forward_layer/cell". Empty: what stands before the last slash of the name, if
  /// anything.
  std::string object = {};
  WeightKind kind = WeightKind::weight;
  /// Whether the layer itself holds it besides `object`, so that Keras's files have it twice.
  bool is_held_twice = false;

  bool is_weight() const { return kind == WeightKind::weight; }
};

/// What arrives at a layer: its type ([batch, ...]; extents may be kNone) and the layer it is from.
struct LayerInput {
  ir::Type type;
  std::string from;
};

/// What follows from the inputs' types: the weights in Keras's order, and the outputs' types.
struct LayerBuild {
  std::vector<WeightSpec> weights;
  std::vector<ir::Type> outputs;
};

/// Rows that a layer took from a weight: of `rows`, each is the weight's row at its index.
struct Lookup {
  std::string weight;
  ir::Tensor indices;  ///< i32
  ir::Tensor rows;     ///< [indices..., row]
};

/// A value that a layer gave one of its weights.
struct WeightChange {
  std::string weight;
  ir::Tensor value;
};

/// A layer's weights during one step function: values at entry, replaced as the layer updates them.
struct WeightValues {
  std::map<std::string, ir::Tensor, std::less<>> values;
  std::vector<WeightChange> changes;  ///< one after the other
  std::vector<Lookup> lookups;
};

/// What a forward pass works with besides its inputs.
struct CallContext {
  ir::Builder& builder;
  WeightValues& weights;
  bool training = false;
  /// i1 [batch]: false where a row is padding. Null in predict_step, where it makes no difference.
  ir::Tensor real_rows;
  /// f32 scalar: how many rows are real. Null in predict_step.
  ir::Tensor row_count;
  /// f32 scalars that the loss grows by, whatever the model's loss function is: regularizers' of
  /// outputs. Null in predict_step.
  std::vector<ir::Tensor>* added_losses = nullptr;
  /// The first error of a call, by what build() cannot know: masks.
  std::optional<Diagnostic>* error = nullptr;
  /// The call names its mask; it does not look for it with the tensor.
  bool mask_is_given = false;

  ir::Tensor weight(std::string_view name) const {
    const auto found = weights.values.find(name);
    KILN_CHECK(found != weights.values.end(), "the layer has declared no weight {}", name);
    return found->second;
  }
  /// The same for another layer, whose weights those are.
  CallContext with_weights(WeightValues& others) const {
    return {builder, others, training, real_rows, row_count, added_losses, error, mask_is_given};
  }
  /// The input's mask, which must have that shape; null where it has none, or another: an error.
  ir::Tensor mask(const Signal& input, const ir::Shape& shape) const;
  /// Notes an error. The call goes on as if there were no mask.
  void refuse(Diagnostic refusal) const;
  /// The weight's rows at the indices, noted as a lookup.
  ir::Tensor look_up(std::string_view name, ir::Tensor indices);
  /// Replaces the weight's value, for this step and the next one: a moving average, a random key, a
  /// recurrent state. To the optimizer a trainable weight's value is then this one: it changes it by
  /// the derivatives with respect to it. Nothing of the loss may come through what it was made of.
  void update(std::string_view name, ir::Tensor value) {
    weights.values.insert_or_assign(std::string(name), value);
    weights.changes.push_back({std::string(name), value});
  }
};

/// A layer's definition; immutable once it is part of a model.
class Layer {
 public:
  virtual ~Layer() = default;

  /// Keras's, as in its files: "Dense".
  virtual std::string_view class_name() const = 0;
  /// Weights and outputs for these inputs. Errors name neither file nor layer: the caller does.
  virtual Expected<LayerBuild> build(std::span<const LayerInput> inputs) const = 0;
  /// Appends the layer's ops; called through call_layer(). Inputs are of the types that build()
  /// accepted, without kNone.
  virtual std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const = 0;
  /// The options beyond name, trainable, dtype and activity_regularizer, in the order in which Keras
  /// writes them.
  virtual OptionList option_list() { return {}; }
  /// Called when a config has set the options: what follows from them.
  virtual void options_were_read() {}

  /// Whether the outputs have the first input's mask, unless call() gives them another (Keras's
  /// supports_masking). Layers that do not lose it.
  virtual bool passes_mask() const { return false; }
  /// Whether Keras's call() of one input has an argument `mask`.
  virtual bool takes_mask() const { return false; }
  /// Whether the call takes the masks from its inputs, so that layers called later do not see them.
  virtual bool hides_masks() const { return false; }
  /// For an input that is of integers in [0, index_limit), fractions cut off; 0 for all others.
  virtual int64_t index_limit(size_t /*input*/) const { return 0; }
  /// Whether that input is taken as integers alone, so that it may arrive as such.
  virtual bool takes_indices(size_t input) const { return index_limit(input) > 0; }
  /// How the texts of a model's input become the integers that arrive at that input of the layer, if
  /// it takes texts. They do so where data is read: nothing but the model's input may lead there.
  virtual std::optional<runtime::TextRules> text_rules(size_t /*input*/) const {
    return std::nullopt;
  }
  /// Whether that input may be of truth values.
  virtual bool takes_truth_values(size_t /*input*/) const { return false; }
  /// The arguments of Keras's call() that take inputs, in their order. The last takes all inputs
  /// that are left, as a list where they are several.
  virtual std::vector<std::string_view> argument_names() const { return {"inputs"}; }
  /// Told by a file which call of the layer it has, where that decides what the inputs are: how many
  /// arguments stand by position, and which tensors by name.
  virtual void call_has(size_t /*positions*/, std::span<const std::string> /*by_name*/) {}
  /// The other arguments of Keras's call() that are not at their defaults, as an object: in Keras's
  /// files they are each node's, here they are the layer's.
  Json call_options() const;
  /// Whether the layer has such an argument, and can take that value.
  bool set_call_option(std::string_view option, const Json& value);
  /// Whether the layer, or one in it, keeps states from one batch to the next, so that the model's
  /// batches are of the size that its inputs declare.
  virtual bool is_stateful() const { return false; }
  /// Sets `trainable`, also of the layers that this one holds.
  virtual void set_trainable(bool value) { trainable = value; }

  std::string name;  ///< unique in a model; the model fills it in where it is empty
  bool trainable = true;
  Regularizer activity_regularizer;  ///< of the outputs, divided by the batch's rows
  /// The input shape that a file says the layer was built for; checked against what arrives.
  std::optional<ir::Shape> built_for;
};

using LayerPointer = std::shared_ptr<Layer>;

/// Calls the layer, and gives its outputs the first input's mask where the layer passes masks and
/// has not made another, as Keras does.
std::vector<Signal> call_layer(const Layer& layer, CallContext& context,
                               std::span<const Signal> inputs);

}  // namespace kiln::keras
