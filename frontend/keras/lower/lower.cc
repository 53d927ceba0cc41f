#include "frontend/keras/lower/lower.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "frontend/keras/json/shape.h"
#include "frontend/keras/lower/lower_objective.h"
#include "frontend/keras/lower/lower_optimizer.h"
#include "frontend/keras/lower/lower_variables.h"
#include "frontend/keras/lower/objective.h"
#include "frontend/keras/lower/step.h"
#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/summary.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

class Lowering {
 public:
  Lowering(const Model& model, const LowerOptions& options)
      : model_(model), options_(options), variables_(module_) {}

  Expected<ir::Module> run() {
    if (options_.batch <= 0)
      return Diagnostic{"", fmt::format("the batch size must be positive, not {}", options_.batch),
                        ""};
    KILN_TRY(check_batch());
    // What needs a fixed extent says so before data hides that there is none.
    if (!options_.input_shapes.empty()) KILN_TRY(build_graph(model_));
    KILN_ASSIGN(graph_, build_graph(model_, {options_.batch, options_.input_shapes}));
    KILN_TRY(check_closed());
    if (trains()) KILN_TRY(check_optimizer());
    if (tests()) KILN_TRY(check_objective());
    if (!tests()) note_losses();
    KILN_TRY(describe());
    declare_weights();
    if (trains()) declare_optimizer(optimizer(), trainable_, variables_);
    if (tests()) declare_means(objective_, variables_);
    variables_.add_init();
    if (trains()) KILN_TRY(add_step("train_step", true));
    if (tests()) KILN_TRY(add_step("test_step", false));
    if (trains() && optimizer().use_ema) add_finalize();
    KILN_TRY(add_predict_step());
    return std::move(module_);
  }

 private:
  bool trains() const {
    return options_.purpose == Purpose::train && model_.compile_options.has_value();
  }
  bool tests() const {
    return options_.purpose != Purpose::predict && model_.compile_options.has_value();
  }
  const Optimizer& optimizer() const { return *model_.compile_options->optimizer.get(); }

  /// Layers that keep states from batch to batch keep them of as many rows as the inputs declare.
  Status check_batch() const {
    KILN_ASSIGN(const auto declared, stateful_batch(model_));
    if (!declared || *declared == options_.batch) return ok();
    return in_model(model_, {"",
                             fmt::format("batches of {} do not fit: its recurrent layers keep the "
                                         "states of {} rows from batch to batch (stateful=True)",
                                         options_.batch, *declared),
                             fmt::format("use a batch size of {}", *declared)});
  }

  /// No extent may be open any more.
  Status check_closed() {
    for (const NodeOutput& input : model_.inputs) {
      const ir::Shape& shape = graph_.type(input).shape;
      if (std::ranges::find(shape, kNone) == shape.end()) continue;
      return Diagnostic{where_of(model_, *model_.layers[model_.nodes[input.node].layer]),
                        fmt::format("an extent of the input is open: it takes {}",
                                    show_shape({shape.begin() + 1, shape.end()})),
                        "give the input's shape: --shape, or LowerOptions::input_shapes"};
    }
    return ok();
  }

  Status check_optimizer() const {
    if (model_.unreadable.optimizer) return *model_.unreadable.optimizer;
    const OptimizerChoice& choice = model_.compile_options->optimizer;
    if (!choice.get()) return in_model(model_, unknown_optimizer(choice.identifier()));
    if (auto checked = check(optimizer()); !checked) return in_model(model_, checked.error());
    return ok();
  }

  Status check_objective() {
    if (model_.unreadable.loss) return *model_.unreadable.loss;
    if (model_.unreadable.metrics) return *model_.unreadable.metrics;
    KILN_ASSIGN(objective_, resolve_objective(model_, graph_));
    return ok();
  }

  /// What predicts says by the losses how its outputs are read, classes say, where it can.
  void note_losses() {
    if (!model_.compile_options || model_.unreadable.loss) return;
    if (auto losses = resolve_losses(model_, graph_)) objective_ = std::move(*losses);
  }

  /// What the module says about the model.
  Status describe() {
    module_.name = model_.name;
    ir::Strings losses;
    ir::Integers classes;
    for (size_t i = 0; i < model_.outputs.size(); ++i) {
      const OutputObjective* output = objective_.empty() ? nullptr : &objective_[i];
      const bool has_loss = output && output->loss;
      losses.push_back(has_loss ? std::string(output->function->name) : "");
      classes.push_back(has_loss ? label_classes(*output->loss, output->type) : 0);
    }
    ir::Integers limits;
    for (const NodeOutput& input : model_.inputs) limits.push_back(index_limit(model_, input.node));
    KILN_ASSIGN(ir::Strings text_rules, text_rules_of_inputs(model_));
    module_.attributes["inputs"] = model_.input_names();
    module_.attributes["index_limits"] = std::move(limits);
    const bool has_texts =
        std::ranges::any_of(text_rules, [](auto& rules) { return !rules.empty(); });
    if (has_texts) module_.attributes["text_rules"] = std::move(text_rules);
    module_.attributes["outputs"] = model_.output_names();
    module_.attributes["losses"] = std::move(losses);
    module_.attributes["label_classes"] = std::move(classes);
    KILN_ASSIGN(module_.attributes["summary"], summarize(model_));
    return ok();
  }

  void declare_weights() {
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      const Layer& layer = *model_.layers[i];
      for (const WeightSpec& weight : graph_.weights[i]) {
        const std::string name = variable_name(layer, weight);
        if (weight.trainable) {
          trainable_.variables.push_back({name, weight.type});
          trainable_.constraints.push_back(weight.constraint);
          trainable_.regularized.push_back(static_cast<bool>(weight.regularizer));
        }
        variables_.declare(name, weight.type,
                           weight.trainable ? ir::Role::trainable : ir::Role::non_trainable,
                           weight.initializer, layer.name);
        ir::Attributes& attributes = module_.variables.back().attributes;
        if (weight.kind == WeightKind::random_state) attributes["random_state"] = true;
        if (weight.kind == WeightKind::recurrent_state) attributes["recurrent_state"] = true;
      }
    }
  }

  StepBuilder begin_step(const char* name) {
    ir::Function& function = module_.add_function(name);
    function.attributes["batch"] = options_.batch;
    return StepBuilder(function, module_, model_.name);
  }

  std::vector<Tensor> add_inputs(StepBuilder& step) const {
    const std::vector<std::string> names = model_.input_names();
    std::vector<Tensor> inputs;
    for (size_t i = 0; i < names.size(); ++i) {
      const ir::Type& type = graph_.type(model_.inputs[i]);
      const ir::Type stored = argument_type(model_, model_.inputs[i].node, type);
      const Tensor x = step.input(argument_name("x", names[i], names.size() > 1), stored);
      inputs.push_back(stored == type ? x : convert(x, type.element));
    }
    return inputs;
  }

  /// train_step or test_step.
  Status add_step(const char* name, bool training) {
    StepBuilder step = begin_step(name);
    const std::vector<Tensor> inputs = add_inputs(step);
    const Labels labels = add_labels(step, objective_, options_.sample_weights);
    const Tensor count = step.input("count", {ir::ElementType::i32, {}});
    const Rows rows = count_rows(count, options_.batch);
    for (const NamedType& weight : trainable_.variables) {
      if (training) step.read(weight.name);  // The first of the arguments.
    }
    KILN_ASSIGN(const std::vector<Signal> predictions,
                run_layers(model_, graph_, step, inputs, training, rows));
    KILN_TRY(check_masks(predictions));
    add_weight_regularization(model_, graph_, step);
    BatchLoss loss = batch_loss(step, objective_, labels, predictions, rows);
    if (step.added_loss()) loss.total = loss.total + step.added_loss();
    if (training && !trainable_.variables.empty()) train(optimizer(), trainable_, step, loss.total);
    step.output("batch_loss", loss.total);
    add_means(step, objective_, labels, predictions, loss, rows);
    step.finish();
    return ok();
  }

  /// A mask counts in the loss, and must have its values' shape: the output's but for the last
  /// dimension.
  Status check_masks(const std::vector<Signal>& predictions) const {
    for (size_t i = 0; i < predictions.size(); ++i) {
      const ir::Tensor mask = predictions[i].mask;
      if (!mask || !objective_[i].loss) continue;
      const ir::Shape& output = predictions[i].tensor.shape();
      const bool fits =
          std::equal(output.begin(), output.end() - 1, mask.shape().begin(), mask.shape().end());
      if (fits && !objective_[i].function->whole_sequences) continue;
      const Layer& layer = *model_.layers[model_.nodes[model_.outputs[i].node].layer];
      return Diagnostic{where_of(model_, layer),
                        fmt::format("a loss over {} cannot be masked by {}", show_shape(output),
                                    show_shape(mask.shape())),
                        "Keras masks values of a loss one by one"};
    }
    return ok();
  }

  void add_finalize() {
    StepBuilder step(module_.add_function("finalize"), module_, model_.name);
    finalize(trainable_, step);
    step.finish();
  }

  Status add_predict_step() {
    StepBuilder step = begin_step("predict_step");
    KILN_ASSIGN(const std::vector<Signal> outputs,
                run_layers(model_, graph_, step, add_inputs(step), false, {}));
    const std::vector<std::string> names = model_.output_names();
    for (size_t i = 0; i < names.size(); ++i)
      step.output(argument_name("y", names[i], names.size() > 1), outputs[i].tensor);
    step.finish();
    return ok();
  }

  const Model& model_;
  const LowerOptions& options_;
  Graph graph_;
  Objective objective_;  ///< empty: the model is not compiled, or no one can read its losses
  ir::Module module_;
  Variables variables_;
  TrainableWeights trainable_;
};

/// For one shape of the inputs.
Expected<ir::Module> lower_shape(const Model& model, const LowerOptions& options) {
  KILN_ASSIGN(ir::Module module, Lowering(model, options).run());
  if (options.test_batch == 0 || options.test_batch == options.batch) return module;
  // The variables are the same whatever the batch, so test_step can come from another lowering.
  LowerOptions test_options = options;
  test_options.batch = options.test_batch;
  KILN_ASSIGN(ir::Module tests, Lowering(model, test_options).run());
  for (size_t i = 0; i < module.functions.size(); ++i) {
    if (module.functions[i]->name == "test_step")
      module.functions[i] = std::move(tests.functions[i]);
  }
  return module;
}

/// "8x2", or "8x2_5" for two inputs.
std::string shapes_name(const InputShapes& shapes) {
  std::vector<std::string> names;
  for (const ir::Shape& shape : shapes) names.push_back(fmt::format("{}", fmt::join(shape, "x")));
  return fmt::format("{}", fmt::join(names, "_"));
}

/// No variable's shape may come from an extent that the model leaves open.
Status check_same_variables(const Model& model, const ir::Module& first, const ir::Module& other) {
  for (size_t i = 0; i < first.variables.size(); ++i) {
    const ir::Variable& variable = first.variables[i];
    if (i < other.variables.size() && other.variables[i].name == variable.name &&
        other.variables[i].type == variable.type)
      continue;
    return Diagnostic{
        model.source,
        fmt::format("\"{}\" depends on an extent that the model leaves open", variable.name),
        "give all data one shape"};
  }
  return ok();
}

}  // namespace

Expected<int64_t> default_batch(const Model& model, int64_t usual) {
  KILN_ASSIGN(const auto declared, stateful_batch(model));
  return declared.value_or(usual);
}

Expected<ir::Module> lower(const Model& model, const LowerOptions& options) {
  KILN_ASSIGN(ir::Module module, lower_shape(model, options));
  for (const InputShapes& shapes : options.further_shapes) {
    LowerOptions further = options;
    further.input_shapes = shapes;
    KILN_ASSIGN(ir::Module other, lower_shape(model, further));
    KILN_TRY(check_same_variables(model, module, other));
    for (auto& function : other.functions) {
      if (!function->name.ends_with("_step")) continue;
      function->name += "." + shapes_name(shapes);
      module.functions.push_back(std::move(function));
    }
  }
  return module;
}

}  // namespace kiln::keras
