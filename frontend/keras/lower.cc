#include "frontend/keras/lower.h"

#include <fmt/format.h>

#include <set>

#include "frontend/keras/graph.h"
#include "frontend/keras/optimizers/apply.h"
#include "frontend/keras/step.h"
#include "frontend/keras/summary.h"

namespace kiln::keras {
namespace {

using ir::Tensor;
using ir::Type;

const Type kScalar{ir::ElementType::f32, {}};

Initializer constant(double value) {
  Initializer initializer("Constant");
  initializer.rule = ConstantRule{value};
  return initializer;
}

class Lowering {
 public:
  Lowering(const Model& model, const LowerOptions& options) : model_(model), options_(options) {}

  Expected<ir::Module> run() {
    if (options_.batch <= 0)
      return Diagnostic{"", fmt::format("the batch size must be positive, not {}", options_.batch),
                        ""};
    KILN_ASSIGN(graph_, build_graph(model_, {options_.batch, options_.input_shapes}));
    KILN_TRY(check_closed());
    if (model_.inputs.size() != 1 || model_.outputs.size() != 1) {
      return Diagnostic{model_.source,
                        "models with several inputs or outputs are not supported yet", ""};
    }
    if (model_.compile_options) KILN_TRY(check_compile_options());
    module_.name = model_.name;
    KILN_ASSIGN(module_.attributes["summary"], summarize(model_));
    module_.attributes["loss"] = std::string(loss_ ? loss_->name : "");
    module_.attributes["label_classes"] =
        loss_ && loss_->integer_labels ? output_type().shape.back() : int64_t{0};
    declare_weights();
    if (loss_) declare_optimizer();
    if (loss_) declare_metrics();
    add_init();
    if (loss_) add_step("train_step", true);
    if (loss_) add_step("test_step", false);
    if (loss_ && optimizer().use_ema) add_finalize();
    add_predict_step();
    return std::move(module_);
  }

 private:
  const Type& output_type() const { return graph_.type(model_.outputs[0]); }
  const Optimizer& optimizer() const { return *model_.compile_options->optimizer.get(); }

  /// No extent may be open any more.
  Status check_closed() {
    for (size_t i = 0; i < model_.inputs.size(); ++i) {
      for (int64_t extent : graph_.type(model_.inputs[i]).shape) {
        if (extent != kNone) continue;
        return Diagnostic{
            where_of(model_, *model_.layers[model_.nodes[model_.inputs[i].node].layer]),
            "an extent of the input is open (None)", "give the input's shape when compiling"};
      }
    }
    return ok();
  }

  Status check_compile_options() {
    const CompileOptions& compile = *model_.compile_options;
    auto in_file = [&](const Status& status) {
      return status ? status : Status(in_model(model_, status.error()));
    };
    if (!compile.optimizer.get())
      return in_model(model_, unknown_optimizer(compile.optimizer.identifier()));
    KILN_TRY(in_file(check(optimizer())));
    KILN_TRY(in_file(check(compile.loss, output_type())));
    loss_ = find_loss(compile.loss.identifier);
    for (const Metric& metric : compile.metrics)
      KILN_TRY(in_file(check(metric, labels(), output_type())));
    return ok();
  }

  Type labels() const { return label_type(*loss_, output_type()); }

  void declare(std::string name, Type type, ir::Role role, Initializer initializer,
               ir::Location location) {
    module_.variables.push_back({std::move(name), std::move(type), role, {}, std::move(location)});
    initializers_.push_back(std::move(initializer));
  }

  void declare_weights() {
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      const Layer& layer = *model_.layers[i];
      for (const WeightSpec& weight : graph_.weights[i]) {
        const std::string name = variable_name(layer, weight);
        if (weight.trainable) {
          trainable_.push_back({name, weight.type});
          constraints_.push_back(weight.constraint);
        }
        declare(name, weight.type, weight.trainable ? ir::Role::trainable : ir::Role::non_trainable,
                weight.initializer, model_.name + "/" + layer.name);
        if (weight.random_state) module_.variables.back().attributes["random_state"] = true;
      }
    }
  }

  void declare_optimizer() {
    const ir::Location location = model_.name + "/optimizer";
    for (OptimizerVariable& variable : optimizer_variables(optimizer(), trainable_)) {
      declare(std::move(variable.name), std::move(variable.type), ir::Role::optimizer,
              constant(variable.initial), location);
    }
  }

  /// The loss and the metrics by the names of Keras's logs; a name's repetition gets a number.
  void declare_metrics() {
    mean_names_.push_back("loss");
    std::map<std::string, int> used = {{"loss", 1}, {"batch_loss", 1}};
    for (const Metric& metric : model_.compile_options->metrics) {
      const std::string name = name_of(metric);
      const int repetition = used[name]++;
      mean_names_.push_back(repetition == 0 ? name : fmt::format("{}_{}", name, repetition));
    }
    for (const std::string& name : mean_names_) {
      for (auto part : {"total", "count"}) {
        declare(metric_prefix(name) + part, kScalar, ir::Role::metric, "Zeros",
                model_.name + "/metrics");
      }
    }
  }

  void add_init() {
    StepBuilder step(module_.add_function("init"), module_, model_.name);
    const Tensor seed = step.input("seed", {ir::ElementType::i64, {}});
    for (size_t i = 0; i < module_.variables.size(); ++i) {
      const ir::Variable& variable = module_.variables[i];
      step.builder().set_location(variable.location + "/init");
      Tensor state;
      if (is_random(initializers_[i])) {
        ir::Literal index({ir::ElementType::i64, {1}});
        index.set_int(0, static_cast<int64_t>(i));
        state = ir::concatenate({reshape(seed, {1}), step.builder().constant(std::move(index))}, 0);
      }
      step.assign(variable.name,
                  initial_value(step.builder(), initializers_[i], variable.type, state));
    }
    step.finish();
  }

  ir::Function& add_batch_function(const char* name) {
    ir::Function& function = module_.add_function(name);
    function.attributes["batch"] = options_.batch;
    return function;
  }

  /// train_step or test_step.
  void add_step(const char* name, bool training) {
    StepBuilder step(add_batch_function(name), module_, model_.name);
    const Tensor x = step.input("x", graph_.type(model_.inputs[0]));
    const Tensor y = step.input("y", labels());
    const Tensor count = step.input("count", {ir::ElementType::i32, {}});
    const Rows rows = count_rows(count, options_.batch);
    std::vector<Tensor> weights;
    for (const NamedType& weight : trainable_) {
      if (training) weights.push_back(step.read(weight.name));
    }
    const Signal prediction = forward(model_, graph_, step, {x}, training, rows)[0];
    add_weight_regularization(model_, graph_, step);
    Tensor loss = batch_loss(step, y, prediction, rows);
    if (step.added_loss()) loss = loss + step.added_loss();
    if (training && !weights.empty()) train(step, loss, weights);
    step.output("batch_loss", loss);
    add_means(step, y, prediction, loss, rows);
    step.finish();
  }

  /// Keras's reduction over the values of all real rows.
  Tensor batch_loss(StepBuilder& step, Tensor y, const Signal& prediction, const Rows& rows) {
    ir::LocationScope scope(step.builder(), loss_->name);
    const Loss& loss = model_.compile_options->loss;
    const Tensor values = loss_->values(loss, y, prediction);
    const Tensor total = sum(without_padding(rows, values));
    if (loss.reduction == "sum") return total;
    const int64_t per_row = values.type().count() / options_.batch;
    return total / (per_row == 1 ? rows.count : rows.count * static_cast<double>(per_row));
  }

  void train(StepBuilder& step, Tensor loss, const std::vector<Tensor>& weights) {
    const double scale = optimizer().loss_scale_factor.value_or(1);
    const std::vector<Tensor> gradients = gradient(scale == 1 ? loss : loss * scale, weights);
    ir::LocationScope scope(step.builder(), "optimizer");
    OptimizerState state;
    state.iterations = step.read(kIterations);
    if (!optimizer().learning_rate.is_scheduled()) state.learning_rate = step.read(kLearningRate);
    for (const std::string& name : own_variables(optimizer())) state.own.push_back(step.read(name));
    for (size_t i = 0; i < weights.size(); ++i) {
      WeightUpdate update{weights[i], gradients[i], {}, trainable_[i].name, constraints_[i]};
      for (const std::string& slot : slot_variables(optimizer(), trainable_[i]))
        update.slots.push_back(step.read(slot));
      state.weights.push_back(std::move(update));
    }
    assign(step, apply(optimizer(), std::move(state)));
  }

  void assign(StepBuilder& step, const OptimizerState& state) {
    for (size_t i = 0; i < state.weights.size(); ++i) {
      step.assign(trainable_[i].name, state.weights[i].weight);
      const std::vector<std::string> slots = slot_variables(optimizer(), trainable_[i]);
      for (size_t s = 0; s < slots.size(); ++s) step.assign(slots[s], state.weights[i].slots[s]);
    }
    const std::vector<std::string> own = own_variables(optimizer());
    for (size_t i = 0; i < own.size(); ++i) step.assign(own[i], state.own[i]);
    step.assign(kIterations, state.iterations);
  }

  /// The running means: the loss weighted by the batch, a metric by its rows.
  void add_means(StepBuilder& step, Tensor y, const Signal& prediction, Tensor loss,
                 const Rows& rows) {
    ir::LocationScope scope(step.builder(), "metrics");
    step.output("loss", update_mean(step, "loss", loss * rows.count, rows.count));
    for (size_t i = 0; i + 1 < mean_names_.size(); ++i) {
      const std::string& name = mean_names_[i + 1];
      ir::LocationScope metric_scope(step.builder(), name);
      const Tensor values = metric_values(model_.compile_options->metrics[i], y, prediction);
      step.output(name, update_mean(step, name, sum(without_padding(rows, values)), rows.count));
    }
  }

  /// What Keras does at the end of fit: the weights become their moving averages.
  void add_finalize() {
    StepBuilder step(module_.add_function("finalize"), module_, model_.name);
    for (const NamedType& weight : trainable_)
      step.assign(weight.name, step.read(average_variable(weight.name)));
    step.finish();
  }

  void add_predict_step() {
    StepBuilder step(add_batch_function("predict_step"), module_, model_.name);
    const Tensor x = step.input("x", graph_.type(model_.inputs[0]));
    step.output("y", forward(model_, graph_, step, {x}, false, {})[0].tensor);
    step.finish();
  }

  const Model& model_;
  const LowerOptions& options_;
  Graph graph_;
  const LossFunction* loss_ = nullptr;  ///< null: the model is not compiled
  ir::Module module_;
  std::vector<Initializer> initializers_;  ///< by variable
  std::vector<NamedType> trainable_;       ///< variables, in Keras's order
  std::vector<Constraint> constraints_;    ///< of trainable_
  std::vector<std::string> mean_names_;    ///< "loss", then the metrics'
};

}  // namespace

Expected<ir::Module> lower(const Model& model, const LowerOptions& options) {
  return Lowering(model, options).run();
}

}  // namespace kiln::keras
