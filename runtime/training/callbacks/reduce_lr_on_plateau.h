// Source: keras/src/callbacks/reduce_lr_on_plateau.py (Keras 3).
#pragma once

#include <optional>
#include <string>

#include "runtime/training/callbacks/monitor.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Keras's arguments, with its defaults.
struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;  ///< below 1: the new learning rate is the old one times this
  int patience = 10;    ///< epochs without improvement before the learning rate falls
  int verbose = 0;
  Mode mode = Mode::kAuto;
  double min_delta = 1e-4;
  int cooldown = 0;  ///< epochs after a reduction that do not count
  double min_lr = 0;
};

/// Lowers the learning rate when a metric has stopped improving. Adds "learning_rate", the one that
/// the epoch was trained with, to the logs.
class ReduceLROnPlateau : public Callback {
 public:
  ReduceLROnPlateau(ReduceLROnPlateauOptions options = {});

  const char* name() const override { return "ReduceLROnPlateau"; }
  Status on_train_begin(Training& training) override;
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  void visit_state(StateArchive& state) override;

 private:
  Status reduce(Training& training, int epoch);

  ReduceLROnPlateauOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  int wait_ = 0;
  int cooldown_left_ = 0;
};

}  // namespace kiln::runtime
