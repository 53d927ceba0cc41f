// Source: keras/src/callbacks/learning_rate_scheduler.py (Keras 3).
#pragma once

#include <functional>
#include <optional>

#include "runtime/training/callbacks/schedule.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Sets the learning rate at the start of each epoch, and adds it to the epoch's logs as
/// "learning_rate".
class LearningRateScheduler : public Callback {
 public:
  /// The new learning rate from the epoch, from 0, and the present one.
  using Function = std::function<double(int epoch, double learning_rate)>;

  explicit LearningRateScheduler(Function function, int verbose = 0);
  explicit LearningRateScheduler(Schedule schedule, int verbose = 0);

  const char* name() const override { return "LearningRateScheduler"; }
  Status on_train_begin(Training& training) override;
  Status on_epoch_begin(Training& training, int epoch) override;
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  void visit_state(StateArchive& state) override;

 private:
  Function function_;
  Schedule schedule_;   ///< without a rate where there is a function
  double initial_ = 0;  ///< the schedule's
  int verbose_;
};

}  // namespace kiln::runtime
