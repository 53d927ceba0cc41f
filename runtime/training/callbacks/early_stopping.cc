#include "runtime/training/callbacks/early_stopping.h"

#include <utility>

namespace kiln::runtime {

EarlyStopping::EarlyStopping(EarlyStoppingOptions options)
    : options_(std::move(options)), monitor_(options_.monitor, options_.mode, options_.min_delta) {}

Status EarlyStopping::on_train_begin(Training& training) {
  wait_ = 0;
  stopped_epoch_ = 0;
  best_epoch_ = 0;
  best_.reset();
  best_weights_.clear();
  return monitor_.begin(training, name());
}

Status EarlyStopping::on_epoch_end(Training& training, int epoch, Metrics& logs) {
  const std::optional<double> current = monitor_.value(logs);
  if (!current || epoch < options_.start_from_epoch) return ok();
  if (options_.restore_best_weights && best_weights_.empty())
    KILN_TRY(keep_weights(training, epoch));
  ++wait_;
  if (monitor_.improves(*current, best_)) {
    best_ = *current;
    best_epoch_ = epoch;
    if (options_.restore_best_weights) KILN_TRY(keep_weights(training, epoch));
    if (monitor_.improves(*current, options_.baseline)) wait_ = 0;
    return ok();
  }
  if (wait_ >= options_.patience && epoch > 0) {
    stopped_epoch_ = epoch;
    training.stop = true;
  }
  return ok();
}

Status EarlyStopping::on_train_end(Training& training) {
  if (stopped_epoch_ > 0 && options_.verbose > 0) {
    std::fprintf(training.log, "Epoch %d: early stopping\n", stopped_epoch_ + 1);
  }
  if (best_weights_.empty()) return ok();
  if (options_.verbose > 0) {
    std::fprintf(training.log, "Restoring model weights from the end of the best epoch: %d.\n",
                 best_epoch_ + 1);
  }
  const std::byte* next = best_weights_.data();
  for (const kiln_variable* weight : training.session.weights()) {
    KILN_TRY(training.session.set_value(*weight, next));
    next += byte_count(weight->tensor);
  }
  return ok();
}

void EarlyStopping::visit_state(StateArchive& state) {
  state.field("wait", wait_);
  state.field("stopped_epoch", stopped_epoch_);
  state.field("best_epoch", best_epoch_);
  state.field("best", best_);
  state.field("best_weights", best_weights_);
}

Status EarlyStopping::keep_weights(const Training& training, int epoch) {
  best_epoch_ = epoch;
  best_weights_.clear();
  for (const kiln_variable* weight : training.session.weights()) {
    KILN_ASSIGN(const Array value, training.session.value(*weight));
    best_weights_.insert(best_weights_.end(), value.data(), value.data() + value.bytes());
  }
  return ok();
}

}  // namespace kiln::runtime
