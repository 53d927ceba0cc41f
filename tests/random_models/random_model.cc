#include "tests/random_models/random_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/names.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/layers/list.h"
#include "tests/random_models/random_layers.h"

namespace kiln::tests {
namespace {

using keras::LayerPointer;
using keras::Model;
using keras::NodeOutput;

/// Small: kernels that are compiled for each model shall take little time.
constexpr int64_t kMostElements = 60;
constexpr int64_t kClasses = 3;
constexpr int64_t kVocabulary = 4;

/// A value of the model being made.
struct Known {
  NodeOutput output;
  ir::Type type;  ///< with the batch
};

class Growing {
 public:
  explicit Growing(uint64_t seed) : random_(seed) {
    model_.name = fmt::format("random_{}", seed);
    batch_ = random_.integer(2, 5);
  }

  RandomModel run() {
    add_input();
    const int64_t layers = random_.integer(1, 6);
    for (int64_t i = 0; i < layers; ++i) grow();
    add_output();
    model_.outputs = {value_.output};
    return {std::move(model_), batch_, random_.integer(1, batch_)};
  }

 private:
  void add_input() {
    while (!add(std::make_shared<keras::Input>(random_shape()), {})) {
    }
    model_.inputs = {value_.output};
  }

  /// Of a row; perhaps of more elements than a value may have.
  ir::Shape random_shape() {
    ir::Shape shape;
    const int64_t rank = random_.integer(1, 3);
    for (int64_t d = 0; d < rank; ++d) shape.push_back(random_.integer(1, 5));
    return shape;
  }

  /// One more layer; most choices do not suit the value and are dropped.
  void grow() {
    constexpr int kTries = 200;
    for (int i = 0; i < kTries; ++i) {
      const LayerChoice choice = random_layer(random_, value_.type.shape);
      const auto layer = read(choice.class_name, choice.config);
      if (layer && add(*layer, inputs_of(choice))) return;
    }
  }

  Expected<LayerPointer> read(const std::string& class_name, keras::Json config) {
    config["name"] = "";
    return keras::read_layer(class_name, config, "random");
  }

  /// The value, and for a merging layer also earlier ones of its type.
  std::vector<Known> inputs_of(const LayerChoice& choice) {
    std::vector<Known> inputs(static_cast<size_t>(choice.inputs), value_);
    for (size_t i = 1; i < inputs.size(); ++i) {
      const Known& earlier = random_.pick(known_);
      if (earlier.type == value_.type) inputs[i] = earlier;
    }
    return inputs;
  }

  /// Whether the layer takes these inputs and gives something small.
  bool add(LayerPointer layer, const std::vector<Known>& inputs) {
    std::vector<keras::LayerInput> types;
    keras::Node node{model_.layers.size(), {}};
    for (const Known& input : inputs) {
      types.push_back({input.type, "input"});
      node.inputs.push_back(input.output);
    }
    const auto build = layer->build(types);
    if (!build || build->outputs.size() != 1) return false;
    ir::Type type = build->outputs[0];
    if (type.shape[0] == keras::kNone) type.shape[0] = batch_;
    if (type.count() > kMostElements * batch_) return false;
    layer->name = names_.next(layer->class_name());
    model_.layers.push_back(std::move(layer));
    model_.nodes.push_back(std::move(node));
    value_ = {{model_.nodes.size() - 1, 0}, std::move(type)};
    known_.push_back(value_);
    return true;
  }

  void add_output() {
    struct Objective {
      const char* loss;
      const char* activation;
    };
    constexpr Objective kObjectives[] = {{"mse", "linear"},
                                         {"mae", "tanh"},
                                         {"binary_crossentropy", "sigmoid"},
                                         {"categorical_crossentropy", "softmax"},
                                         {"sparse_categorical_crossentropy", "softmax"}};
    const Objective objective = random_.pick(kObjectives);
    if (value_.type.rank() > 2) add(std::make_shared<keras::Flatten>(), {value_});
    add(std::make_shared<keras::Dense>(kClasses, objective.activation), {value_});
    model_.compile({.optimizer = random_optimizer(), .loss = objective.loss, .metrics = {"mse"}});
    if (std::string_view(objective.loss).starts_with("sparse"))
      model_.compile_options->metrics = {"accuracy"};
  }

  /// Optimizers that divide by a gradient's size have a large epsilon: the update is then a smooth
  /// function of the gradient, also where the gradient is nothing but rounding.
  keras::OptimizerChoice random_optimizer() {
    constexpr double kEpsilon = 0.01;
    switch (random_.integer(0, 3)) {
      case 0: {
        keras::SGD sgd(0.05);
        sgd.momentum = random_.chance(0.5) ? 0.9 : 0;
        sgd.nesterov = sgd.momentum > 0 && random_.chance(0.5);
        return sgd;
      }
      case 1: {
        keras::RMSprop rmsprop(0.01);
        rmsprop.epsilon = kEpsilon;
        rmsprop.centered = random_.chance(0.5);
        return rmsprop;
      }
      case 2: {
        keras::AdamW adamw(0.01);
        adamw.epsilon = kEpsilon;
        return adamw;
      }
      default: {
        keras::Adam adam(0.01);
        adam.epsilon = kEpsilon;
        adam.amsgrad = random_.chance(0.3);
        if (random_.chance(0.3)) adam.global_clipnorm = 1;
        return adam;
      }
    }
  }

  Random random_;
  Model model_;
  keras::AutoNames names_;
  int64_t batch_;
  Known value_;               ///< what the next layer is put on
  std::vector<Known> known_;  ///< all values so far
};

}  // namespace

RandomModel random_model(uint64_t seed) { return Growing(seed).run(); }

std::map<std::string, ir::Literal> random_batch(const ir::Function& function, int64_t count,
                                                uint64_t seed) {
  Random random(seed);
  std::map<std::string, ir::Literal> batch;
  for (size_t i = 0; i < function.argument_bindings.size(); ++i) {
    const ir::Binding& binding = function.argument_bindings[i];
    if (binding.is_variable) continue;
    ir::Literal literal(function.body.argument(i)->type());
    const bool is_count = binding.name == "count";
    for (int64_t e = 0; e < literal.type().count(); ++e) {
      if (ir::is_float(literal.type().element))
        literal.set(e, random.number(0.01, 1));
      else
        literal.set_int(e,
                        is_count ? count : random.integer(0, std::min(kClasses, kVocabulary) - 1));
    }
    batch.emplace(binding.name, std::move(literal));
  }
  return batch;
}

}  // namespace kiln::tests
