// A model's step, compiled to be measured.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "codegen/loaded_code.h"
#include "codegen/roofline/kernel_work.h"
#include "frontend/keras/model/model.h"
#include "ir/module.h"
#include "runtime/base/expected.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"
#include "runtime/training/step_runner.h"

namespace kiln::benchmarks {

enum class Mode { train, predict };
const char* name_of(Mode mode);

/// Code for one step of a batch.
class CompiledStep {
 public:
  static Expected<CompiledStep> create(const keras::Model& model, Mode mode, int64_t batch);

  Mode mode() const { return mode_; }
  const kiln_model* model() const { return code_.model(); }
  const kiln_function& function() const;
  /// What its kernels have to do; their fusions live as long as this.
  const std::vector<codegen::KernelWork>& kernels() const { return kernels_; }

 private:
  CompiledStep(Mode mode, ir::Module module, codegen::LoadedCode code,
               std::vector<codegen::KernelWork> kernels);

  Mode mode_;
  ir::Module module_;
  codegen::LoadedCode code_;
  std::vector<codegen::KernelWork> kernels_;
};

/// A step that runs over random examples: training as fit() does it, a gathered batch a step;
/// prediction on a batch that is there.
class RunningStep {
 public:
  /// `step` must outlive it.
  static Expected<RunningStep> create(const CompiledStep& step, int threads);

  /// The next batch.
  void run();

 private:
  RunningStep() = default;
  Status prepare_training(const CompiledStep& step);
  Status prepare_prediction(const CompiledStep& step);

  std::unique_ptr<runtime::Session> session_;
  // One of the two.
  std::unique_ptr<runtime::StepRunner> training_;
  std::unique_ptr<runtime::FunctionCall> prediction_;
  std::vector<runtime::Array> inputs_;  ///< of a prediction
  int64_t next_ = 0;                    ///< the step of a pass over the examples
};

}  // namespace kiln::benchmarks
