#include "runtime/training/callbacks/learning_rate_scheduler.h"

#include <utility>

namespace kiln::runtime {

LearningRateScheduler::LearningRateScheduler(Function function, int verbose)
    : function_(std::move(function)), verbose_(verbose) {}

LearningRateScheduler::LearningRateScheduler(Schedule schedule, int verbose)
    : schedule_(std::move(schedule)), verbose_(verbose) {}

Status LearningRateScheduler::on_train_begin(Training& training) {
  KILN_ASSIGN(const double rate, training.learning_rate());
  initial_ = schedule_.initial_learning_rate.value_or(rate);
  return ok();
}

Status LearningRateScheduler::on_epoch_begin(Training& training, int epoch) {
  KILN_ASSIGN(const double present, training.learning_rate());
  const double rate = function_ ? function_(epoch, present) : schedule_.rate(initial_, epoch);
  if (verbose_ > 0) {
    std::fprintf(training.log, "\nEpoch %d: LearningRateScheduler setting learning rate to %s.\n",
                 epoch + 1, python_decimal(rate).c_str());
  }
  return training.set_learning_rate(rate);
}

Status LearningRateScheduler::on_epoch_end(Training& training, int, Metrics& logs) {
  KILN_ASSIGN(const double rate, training.learning_rate());
  set_metric(logs, "learning_rate", rate);
  return ok();
}

void LearningRateScheduler::visit_state(StateArchive& state) {
  state.field("initial_learning_rate", initial_);
}

}  // namespace kiln::runtime
