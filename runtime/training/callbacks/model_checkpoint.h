// Source: keras/src/callbacks/model_checkpoint.py (Keras 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/training/callbacks/monitor.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Keras's arguments, with its defaults.
struct ModelCheckpointOptions {
  /// Where to, with {epoch:02d}, {batch} and metrics as {val_loss:.2f}. By its ending: the model
  /// with its optimizer (.keras), weights with the optimizer (.npz); with save_weights_only weights
  /// alone (.npz), or as Keras writes them (.weights.h5).
  std::string filepath;
  std::string monitor = "val_loss";  ///< for save_best_only
  int verbose = 0;
  bool save_best_only = false;
  bool save_weights_only = false;
  Mode mode = Mode::kAuto;
  std::optional<int64_t> save_freq = {};  ///< every so many batches; nothing: every epoch
  std::optional<double> initial_value_threshold = {};  ///< what the first best must beat
};

/// Saves the model while it trains.
class ModelCheckpoint : public Callback {
 public:
  ModelCheckpoint(ModelCheckpointOptions options);

  const char* name() const override { return "ModelCheckpoint"; }
  Status on_train_begin(Training& training) override;
  Status on_batch_end(Training& training, int64_t batch, const Metrics& logs) override;
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  bool watches_batches() const override { return options_.save_freq.has_value(); }
  void visit_state(StateArchive& state) override;

 private:
  Status check_filepath(const Training& training) const;
  Status save(Training& training, int epoch, std::optional<int64_t> batch, const Metrics& logs);
  bool should_save(Training& training, int epoch, const Metrics& logs, const std::string& path);

  ModelCheckpointOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  int64_t batches_since_save_ = 0;
};

}  // namespace kiln::runtime
