#include "frontend/kiln.h"

#include "frontend/keras/files/load.h"
#include "runtime/weights.h"

namespace kiln {

/// Machine code with the weights that it works on. The session refers to the code.
struct Sequential::Compiled {
  codegen::Jit code;
  runtime::Session session;
  int64_t batch_size;
};

Expected<Sequential::Compiled*> Sequential::compiled(int64_t batch_size, uint64_t seed) {
  KILN_ASSIGN(const std::string definition, to_json());
  if (compiled_ && definition == compiled_definition_ &&
      (batch_size == 0 || batch_size == compiled_->batch_size)) {
    return compiled_.get();
  }
  if (batch_size == 0) batch_size = compiled_ ? compiled_->batch_size : 32;
  KILN_ASSIGN(ir::Module module, keras::lower(*this, {.batch = batch_size}));
  KILN_ASSIGN(codegen::Jit code, compile_in_memory(std::move(module)));
  KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), 0));
  const bool same_model = compiled_ && definition == compiled_definition_;
  // The variables of one definition lie alike, whatever the batch.
  KILN_TRY(same_model ? session.restore(compiled_->session.snapshot()) : session.initialize(seed));
  compiled_ = std::make_shared<Compiled>(Compiled{std::move(code), std::move(session), batch_size});
  compiled_definition_ = definition;
  return compiled_.get();
}

namespace {

Expected<Dataset> adapted(const Array& x, const Array& y, const kiln_model& model) {
  Dataset data;
  data.x = x;
  data.y = y;
  return runtime::adapt(std::move(data), model, nullptr);
}

}  // namespace

Expected<History> Sequential::fit(const Array& x, const Array& y, const FitOptions& options) {
  KILN_ASSIGN(Compiled* const model, compiled(options.batch_size, options.seed));
  KILN_ASSIGN(const Dataset data, adapted(x, y, model->session.model()));
  runtime::FitOptions fit_options;
  fit_options.verbose = options.verbose;
  fit_options.epochs = options.epochs;
  fit_options.shuffle = options.shuffle;
  fit_options.seed = options.seed;
  fit_options.validation_split = options.validation_split;
  fit_options.initial_epoch = options.initial_epoch;
  fit_options.validation_freq = options.validation_freq;
  fit_options.validation_steps = options.validation_steps;
  fit_options.steps_per_epoch = options.steps_per_epoch;
  fit_options.callbacks = options.callbacks;
  fit_options.files = keras::weight_files(*this);
  if (!options.validation_data) {
    return runtime::fit(model->session, data.x, data.y, fit_options);
  }
  const auto& [x_val, y_val] = *options.validation_data;
  KILN_ASSIGN(const Dataset validation, adapted(x_val, y_val, model->session.model()));
  return runtime::fit(model->session, data.x, data.y, {validation.x, validation.y}, fit_options);
}

Expected<Metrics> Sequential::evaluate(const Array& x, const Array& y, int verbose) {
  KILN_ASSIGN(Compiled* const model, compiled(0, 0));
  KILN_ASSIGN(const Dataset data, adapted(x, y, model->session.model()));
  runtime::LogOptions log;
  log.verbose = verbose;
  return runtime::evaluate(model->session, data.x, data.y, log);
}

Expected<Array> Sequential::predict(const Array& x) {
  KILN_ASSIGN(Compiled* const model, compiled(0, 0));
  KILN_ASSIGN(const Dataset data, adapted(x, Array{}, model->session.model()));
  return runtime::predict(model->session, data.x);
}

Status Sequential::save_weights(const std::string& path) {
  KILN_ASSIGN(Compiled* const model, compiled(0, 0));
  return runtime::save_weights(model->session, path, runtime::SaveState::kWeightsAndOptimizer);
}

Status Sequential::load_weights(const std::string& path) {
  KILN_ASSIGN(Compiled* const model, compiled(0, 0));
  KILN_TRY(runtime::load_weights(model->session, path));
  return ok();
}

}  // namespace kiln
