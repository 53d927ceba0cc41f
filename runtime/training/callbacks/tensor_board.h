// Source: keras/src/callbacks/tensorboard.py (Keras 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/training/callbacks/event_file.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Those of Keras's arguments that concern scalars, with its defaults.
struct TensorBoardOptions {
  std::string log_dir = "logs";
  std::optional<int64_t> update_freq = {};  ///< also every so many batches; nothing: every epoch
  bool write_steps_per_second = false;
};

/// Writes losses, metrics and the learning rate for TensorBoard, by Keras's names: "epoch_loss" and
/// "epoch_learning_rate" in LOG_DIR/train, "epoch_loss" and "evaluation_loss_vs_iterations" in
/// LOG_DIR/validation, "batch_loss" with update_freq.
class TensorBoard : public Callback {
 public:
  TensorBoard(TensorBoardOptions options = {});

  const char* name() const override { return "TensorBoard"; }
  Status on_train_begin(Training& training) override;
  Status on_epoch_begin(Training& training, int epoch) override;
  Status on_batch_end(Training& training, int64_t batch, const Metrics& logs) override;
  bool watches_batches() const override { return options_.update_freq.has_value(); }
  Status on_test_end(Training& training, const Metrics& logs) override;
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  Status on_train_end(Training& training) override;
  Status on_interrupt(Training& training) override;
  void visit_state(StateArchive& state) override;

 private:
  Expected<EventFile*> validation_file();
  Status flush();

  TensorBoardOptions options_;
  std::optional<EventFile> train_;
  std::optional<EventFile> validation_;
  int64_t batches_ = 0;  ///< trained since the beginning
  int64_t next_epoch_ = 0;
  int64_t epoch_start_batch_ = 0;
  double epoch_start_ = 0;  ///< seconds
};

}  // namespace kiln::runtime
