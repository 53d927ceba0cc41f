#include "tests/benchmarks/step.h"

#include <algorithm>
#include <utility>

#include "codegen/compile.h"
#include "codegen/program/plan.h"
#include "frontend/compiler.h"
#include "frontend/keras/lower/lower.h"
#include "passes/pass.h"
#include "tests/benchmarks/must.h"
#include "tests/benchmarks/random_examples.h"

namespace kiln::benchmarks {
namespace {

const char* function_name(Mode mode) { return mode == Mode::train ? "train_step" : "predict_step"; }

/// The model with what the step needs, without its other steps, which would be compiled, too.
Expected<ir::Module> lower(const keras::Model& model, Mode mode, int64_t batch) {
  const auto purpose = mode == Mode::train ? keras::Purpose::train : keras::Purpose::predict;
  KILN_ASSIGN(ir::Module module, keras::lower(model, {.batch = batch, .purpose = purpose}));
  std::erase_if(module.functions, [&](const auto& function) {
    return function->name != "init" && function->name != function_name(mode);
  });
  return module;
}

}  // namespace

const char* name_of(Mode mode) { return mode == Mode::train ? "train" : "predict"; }

CompiledStep::CompiledStep(Mode mode, ir::Module module, codegen::LoadedCode code,
                           std::vector<codegen::KernelWork> kernels)
    : mode_(mode),
      module_(std::move(module)),
      code_(std::move(code)),
      kernels_(std::move(kernels)) {}

Expected<CompiledStep> CompiledStep::create(const keras::Model& model, Mode mode, int64_t batch) {
  KILN_ASSIGN(ir::Module module, lower(model, mode, batch));
  KILN_TRY(passes::run_pipeline(module));
  codegen::CompileOptions options;
  options.targets = {codegen::host_target(kKernelTasks)};
  KILN_ASSIGN(const std::string file, codegen::compile_shared_object(module, options));
  KILN_ASSIGN(codegen::LoadedCode code, codegen::LoadedCode::load(file));
  KILN_ASSIGN(const codegen::ModulePlan plan, codegen::read_plan(module));
  std::vector<codegen::KernelWork> kernels;
  for (const codegen::FunctionPlan& function : plan.functions) {
    if (function.function->name == function_name(mode)) kernels = codegen::work_of(function);
  }
  return CompiledStep(mode, std::move(module), std::move(code), std::move(kernels));
}

const kiln_function& CompiledStep::function() const {
  const kiln_model& model = *code_.model();
  const auto* const end = model.functions + model.function_count;
  return *std::find_if(model.functions, end, [&](const kiln_function& function) {
    return std::string_view(function.name) == function_name(mode_);
  });
}

Expected<RunningStep> RunningStep::create(const CompiledStep& step, int threads) {
  RunningStep running;
  KILN_ASSIGN(runtime::Session session, runtime::Session::create(step.model(), threads));
  running.session_ = std::make_unique<runtime::Session>(std::move(session));
  KILN_TRY(running.session_->initialize(1));
  KILN_TRY(step.mode() == Mode::train ? running.prepare_training(step)
                                      : running.prepare_prediction(step));
  return running;
}

Status RunningStep::prepare_training(const CompiledStep& step) {
  constexpr int64_t kBatches = 8;
  const kiln_function& function = step.function();
  const auto examples = random_examples(*step.model(), function, kBatches * function.batch);
  KILN_ASSIGN(runtime::StepRunner runner,
              runtime::StepRunner::create(*session_, function.name, examples, ""));
  training_ = std::make_unique<runtime::StepRunner>(std::move(runner));
  return ok();
}

Status RunningStep::prepare_prediction(const CompiledStep& step) {
  const kiln_function& function = step.function();
  inputs_ = random_examples(*step.model(), function, function.batch).x;
  KILN_ASSIGN(runtime::FunctionCall call, runtime::FunctionCall::create(*session_, function));
  prediction_ = std::make_unique<runtime::FunctionCall>(std::move(call));
  return ok();
}

void RunningStep::run() {
  if (training_ != nullptr) {
    must(training_->step(next_));
    next_ = (next_ + 1) % training_->steps();
    return;
  }
  must(prediction_->begin());
  for (size_t i = 0; i < inputs_.size(); ++i) prediction_->use_in_place(i, inputs_[i].data());
  must(prediction_->run());
}

}  // namespace kiln::benchmarks
