#include "runtime/training/callbacks/reduce_lr_on_plateau.h"

#include <algorithm>
#include <utility>

namespace kiln::runtime {

ReduceLROnPlateau::ReduceLROnPlateau(ReduceLROnPlateauOptions options)
    : options_(std::move(options)), monitor_(options_.monitor, options_.mode, options_.min_delta) {}

Status ReduceLROnPlateau::on_train_begin(Training& training) {
  if (!(options_.factor < 1)) {
    return Diagnostic{name(), "factor is " + python_decimal(options_.factor) + ", not below 1", ""};
  }
  best_.reset();
  wait_ = 0;
  cooldown_left_ = 0;
  KILN_TRY(training.learning_rate());
  return monitor_.begin(training, name());
}

Status ReduceLROnPlateau::on_epoch_end(Training& training, int epoch, Metrics& logs) {
  KILN_ASSIGN(const double rate, training.learning_rate());
  set_metric(logs, "learning_rate", rate);
  const std::optional<double> current = monitor_.value(logs);
  if (!current) return ok();
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    wait_ = 0;
  }
  if (monitor_.improves(*current, best_)) {
    best_ = *current;
    wait_ = 0;
    return ok();
  }
  if (cooldown_left_ > 0 || ++wait_ < options_.patience) return ok();
  return reduce(training, epoch);
}

Status ReduceLROnPlateau::reduce(Training& training, int epoch) {
  KILN_ASSIGN(const double old_rate, training.learning_rate());
  if (!(old_rate > static_cast<double>(static_cast<float>(options_.min_lr)))) return ok();
  const double new_rate = std::max(old_rate * options_.factor, options_.min_lr);
  KILN_TRY(training.set_learning_rate(new_rate));
  if (options_.verbose > 0) {
    std::fprintf(training.log, "\nEpoch %d: ReduceLROnPlateau reducing learning rate to %s.\n",
                 epoch + 1, python_decimal(new_rate).c_str());
  }
  cooldown_left_ = options_.cooldown;
  wait_ = 0;
  return ok();
}

void ReduceLROnPlateau::visit_state(StateArchive& state) {
  state.field("best", best_);
  state.field("wait", wait_);
  state.field("cooldown_left", cooldown_left_);
}

}  // namespace kiln::runtime
