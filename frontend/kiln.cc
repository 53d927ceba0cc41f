#include "frontend/kiln.h"

#include <algorithm>
#include <iterator>

#include "frontend/keras/files/load.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/model/nested_model.h"
#include "frontend/open_model.h"
#include "runtime/model/weights.h"

namespace kiln {

using keras::SampleWeights;
using runtime::NamedArray;

/// Machine code with the weights that it works on. The session refers to the code.
struct Model::Compiled {
  codegen::LoadedCode code;
  runtime::Session session;
  keras::LowerOptions options;
  runtime::DeviceChoice device;
  AdaptedStatistics statistics;  ///< those that the weights hold
  bool variables_alone;          ///< for files: there are no steps
};

namespace {

/// Whether steps that were made for `made` do for `wanted`: one that takes sample weights does
/// without, too.
bool serves(const keras::LowerOptions& made, const keras::LowerOptions& wanted) {
  return made.purpose <= wanted.purpose && made.batch == wanted.batch &&
         made.test_batch == wanted.test_batch && made.input_shapes == wanted.input_shapes &&
         made.further_shapes == wanted.further_shapes &&
         (wanted.sample_weights == SampleWeights::none ||
          wanted.sample_weights == made.sample_weights);
}

/// Gives all variables of a session to one of the same model that was made for more.
Status copy_variables(const runtime::Session& from, runtime::Session& to) {
  for (const kiln_variable& variable : runtime::variables_of(from.model())) {
    const kiln_variable* same = to.find_variable(variable.tensor.name);
    if (same == nullptr) continue;
    KILN_ASSIGN(const Array value, from.value(variable));
    KILN_TRY(to.set_value(*same, value.data()));
  }
  return ok();
}

}  // namespace

Expected<std::string> Model::to_json() const { return keras::to_json(*this); }

namespace {

/// Shapes for a model whose data is not known yet, of which only the variables are wanted: the first
/// of some extents that its layers can take.
Expected<keras::InputShapes> stand_in_shapes(const keras::Model& model,
                                             const keras::InputShapes& declared) {
  Status status = ok();
  for (const int64_t extent : {8, 64, 256, 1024}) {
    keras::InputShapes shapes = declared;
    for (ir::Shape& shape : shapes) std::ranges::replace(shape, keras::kNone, extent);
    const auto graph = keras::build_graph(model, {1, shapes});
    if (graph) return shapes;
    status = graph.error();
  }
  return status.error();
}

}  // namespace

Expected<keras::LowerOptions> Model::own_options() const {
  if (compiled_) return compiled_->options;
  KILN_ASSIGN(const int64_t batch, keras::default_batch(*this));
  return keras::LowerOptions{.batch = batch};
}

Expected<Model::Compiled*> Model::compiled_for_files() {
  KILN_ASSIGN(keras::LowerOptions options, own_options());
  options.purpose = unreadable.any() ? keras::Purpose::predict : keras::Purpose::train;
  KILN_ASSIGN(const keras::InputShapes declared, keras::declared_shapes(*this));
  const bool variables_alone = options.input_shapes.empty() && keras::has_open_extents(declared);
  if (variables_alone) {
    KILN_ASSIGN(options.input_shapes, stand_in_shapes(*this, declared));
  }
  return compiled(std::move(options), 0, variables_alone);
}

Expected<Model::Compiled*> Model::compiled(keras::LowerOptions options, uint64_t seed,
                                           bool variables_alone) {
  KILN_ASSIGN(const std::string definition, keras::definition_of(*this));
  const bool same_model = compiled_ && definition == compiled_definition_;
  if (same_model) options.purpose = std::min(options.purpose, compiled_->options.purpose);
  const bool has_steps = same_model && (variables_alone || !compiled_->variables_alone);
  if (!has_steps || compiled_->device != device_ || !serves(compiled_->options, options)) {
    CompilerOptions compiler;
    KILN_ASSIGN(const runtime::DeviceChoice device, compile_for_device(device_, compiler));
    KILN_ASSIGN(ir::Module module, keras::lower(*this, options));
    if (variables_alone) {
      std::erase_if(module.functions,
                    [](const auto& function) { return function->name.ends_with("_step"); });
    }
    KILN_ASSIGN(codegen::LoadedCode code, compile_in_memory(std::move(module), compiler));
    KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), 0, device));
    // The variables of one definition and purpose lie alike, whatever the batch and the device.
    if (same_model && options.purpose == compiled_->options.purpose) {
      KILN_ASSIGN(const std::vector<std::byte> state, compiled_->session.snapshot());
      KILN_TRY(session.restore(state));
    } else {
      KILN_TRY(session.initialize(seed));
      if (same_model) KILN_TRY(copy_variables(compiled_->session, session));
    }
    AdaptedStatistics statistics;
    if (same_model) statistics = compiled_->statistics;
    compiled_ =
        std::make_shared<Compiled>(Compiled{std::move(code), std::move(session), options, device_,
                                            std::move(statistics), variables_alone});
    compiled_definition_ = definition;
  }
  AdaptedStatistics statistics = adapted_statistics(*this);
  if (statistics != compiled_->statistics) {
    KILN_TRY(assign_statistics(statistics, compiled_->session));
    compiled_->statistics = std::move(statistics);
  }
  return compiled_.get();
}

namespace {

/// What a step must take for these weights.
SampleWeights kind_of(const Arrays& weights) {
  SampleWeights kind = SampleWeights::none;
  for (const NamedArray& named : weights.named("")) {
    if (named.array.rank() > 1) return SampleWeights::per_value;
    kind = SampleWeights::per_row;
  }
  return kind;
}

Expected<runtime::Examples> adapted(const Arrays& x, const Arrays& y, const Arrays& weights,
                                    const kiln_model& model) {
  Dataset data;
  const std::pair<const Arrays*, const char*> kinds[] = {
      {&x, "x"}, {&y, "y"}, {&weights, "sample_weight"}};
  for (const auto& [arrays, kind] : kinds) {
    std::vector<NamedArray> named = arrays->named(kind);
    std::move(named.begin(), named.end(), std::back_inserter(data.train));
  }
  KILN_ASSIGN(runtime::ModelData examples, runtime::adapt(data, model, nullptr));
  return std::move(examples.train);
}

}  // namespace

Status Model::close_extents(const Arrays& x, const Arrays* x_validation,
                            keras::LowerOptions& options) {
  KILN_ASSIGN(const keras::InputShapes declared, keras::declared_shapes(*this));
  options.input_shapes.clear();
  options.further_shapes.clear();
  if (!keras::has_open_extents(declared)) return ok();
  KILN_ASSIGN(const OpenModel open, OpenModel::create(*this));
  KILN_ASSIGN(options.input_shapes, open.closed_by(x.named("x")));
  if (x_validation == nullptr) return ok();
  KILN_ASSIGN(keras::InputShapes shapes, open.closed_by(x_validation->named("x"), "validation "));
  if (shapes != options.input_shapes) options.further_shapes.push_back(std::move(shapes));
  return ok();
}

Expected<History> Model::fit(const Arrays& x, const Arrays& y, const FitOptions& options) {
  const bool by_class = !options.class_weight.empty();
  const SampleWeights kind = by_class ? SampleWeights::per_row : kind_of(options.sample_weight);
  keras::LowerOptions lowering = {.batch = options.batch_size,
                                  .test_batch = options.validation_batch_size.value_or(0),
                                  .sample_weights = kind};
  KILN_TRY(close_extents(x, options.validation_data ? &options.validation_data->first : nullptr,
                         lowering));
  KILN_ASSIGN(Compiled* const model, compiled(std::move(lowering), options.seed));
  KILN_ASSIGN(const runtime::Examples examples,
              adapted(x, y, options.sample_weight, model->session.model()));
  FitOptions with_files = options;
  with_files.files = keras::weight_files(*this);
  if (!options.validation_data) {
    return runtime::fit(model->session, examples, with_files);
  }
  const auto& [x_val, y_val] = *options.validation_data;
  KILN_ASSIGN(const runtime::Examples validation,
              adapted(x_val, y_val, {}, model->session.model()));
  return runtime::fit(model->session, examples, validation, with_files);
}

Expected<Metrics> Model::evaluate(const Arrays& x, const Arrays& y,
                                  const EvaluateOptions& options) {
  KILN_ASSIGN(keras::LowerOptions lowering, own_options());
  lowering.purpose = keras::Purpose::evaluate;
  const SampleWeights kind = kind_of(options.sample_weight);
  if (kind != SampleWeights::none) lowering.sample_weights = kind;
  KILN_TRY(close_extents(x, nullptr, lowering));
  KILN_ASSIGN(Compiled* const model, compiled(std::move(lowering), 0));
  KILN_ASSIGN(const runtime::Examples examples,
              adapted(x, y, options.sample_weight, model->session.model()));
  return runtime::evaluate(model->session, examples, options);
}

Expected<Array> Model::predict(const Arrays& x) {
  KILN_ASSIGN(const std::vector<Array> outputs, predict_all(x));
  if (outputs.size() == 1) return outputs[0];
  return Diagnostic{name, "has " + std::to_string(outputs.size()) + " outputs, not one",
                    "call predict_all()"};
}

Expected<std::vector<Array>> Model::predict_all(const Arrays& x) {
  KILN_ASSIGN(keras::LowerOptions lowering, own_options());
  lowering.purpose = keras::Purpose::predict;
  KILN_TRY(close_extents(x, nullptr, lowering));
  KILN_ASSIGN(Compiled* const model, compiled(std::move(lowering), 0));
  KILN_ASSIGN(const runtime::Examples examples, adapted(x, {}, {}, model->session.model()));
  return runtime::predict(model->session, examples.x);
}

Status Model::reset_states() { return compiled_ ? compiled_->session.reset_states() : ok(); }

Status Model::set_device(const std::string& device) {
  KILN_ASSIGN(device_, runtime::parse_device(device));
  return ok();
}

Status Model::save_weights(const std::string& path) {
  KILN_ASSIGN(Compiled* const model, compiled_for_files());
  return runtime::save_weights(model->session, path, runtime::SaveState::kWeightsAndOptimizer);
}

Status Model::load_weights(const std::string& path) {
  KILN_ASSIGN(Compiled* const model, compiled_for_files());
  KILN_TRY(runtime::load_weights(model->session, path));
  return ok();
}

const keras::LayerPointer& Model::as_layer() {
  if (!layer_) layer_ = std::make_shared<keras::NestedModel>(*this);
  return layer_;
}

}  // namespace kiln
