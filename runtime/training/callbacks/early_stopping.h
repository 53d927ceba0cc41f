// Source: keras/src/callbacks/early_stopping.py (Keras 3).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/training/callbacks/monitor.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Keras's arguments, with its defaults.
struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< what is no more than this is no improvement
  int patience = 0;      ///< epochs without improvement after which training stops
  int verbose = 0;
  Mode mode = Mode::kAuto;
  std::optional<double> baseline = {};  ///< to be beaten, too, for `patience` to start anew
  bool restore_best_weights = false;
  int start_from_epoch = 0;  ///< epochs that do not count yet
};

/// Stops the training when a metric has stopped improving.
class EarlyStopping : public Callback {
 public:
  EarlyStopping(EarlyStoppingOptions options = {});

  const char* name() const override { return "EarlyStopping"; }
  Status on_train_begin(Training& training) override;
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  Status on_train_end(Training& training) override;
  void visit_state(StateArchive& state) override;

 private:
  Status keep_weights(const Training& training, int epoch);

  EarlyStoppingOptions options_;
  Monitor monitor_;
  int wait_ = 0;
  int stopped_epoch_ = 0;
  int best_epoch_ = 0;
  std::optional<double> best_;
  std::vector<std::byte> best_weights_;  ///< all weights, one after the other
};

}  // namespace kiln::runtime
