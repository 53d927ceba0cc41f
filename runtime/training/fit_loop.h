// The loop over epochs and steps, with what happens beside it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/training/fit.h"
#include "runtime/training/progress.h"
#include "runtime/training/step_runner.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Where an epoch's steps lie in the passes over the examples: its first step is number `first` of
/// pass `pass`, both from 0.
struct EpochSteps {
  int pass;
  int64_t first;
  int64_t count;
};

/// The steps of `epoch`. A pass has `steps_in_pass`; an epoch takes `steps_per_epoch` (nothing:
/// all) of them, or those that are left of the pass.
EpochSteps steps_of_epoch(int64_t steps_in_pass, std::optional<int64_t> steps_per_epoch, int epoch);

/// One call of fit(). Sources: keras/src/backend/tensorflow/trainer.py, keras/src/trainers/
/// epoch_iterator.py (Keras 3).
class FitLoop {
 public:
  /// `options` must outlive the loop.
  FitLoop(Session& session, StepRunner training, std::optional<StepRunner> validation,
          const FitOptions& options);

  Expected<History> run();

 private:
  Status run_epoch(int epoch);
  Status run_steps(const EpochSteps& steps, Progress& progress);
  Status validate(Metrics& logs);
  Status finish_epoch(int epoch, Metrics& logs, Progress& progress, double seconds);
  Status finish_batch(int64_t step);
  Status keep_logs();
  bool validates_after(int epoch) const;
  Status stop_for_user(Progress& progress);
  Status tell_interruption();

  StepRunner training_steps_;
  std::optional<StepRunner> validation_steps_;
  const FitOptions& options_;
  Training state_;
  bool watches_batches_ = false;
  bool has_run_step_ = false;
  bool interrupted_ = false;
};

/// Runs `count` steps of a validation or an evaluation.
Status run_test_steps(Session& session, StepRunner& runner, int64_t count, Progress& progress);

Verbosity verbosity_of(int verbose);

}  // namespace kiln::runtime
