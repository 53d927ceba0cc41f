// Source of the interface: keras/src/callbacks/backup_and_restore.py (Keras 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/training/training.h"

namespace kiln::runtime {

/// Keras's arguments, with its defaults.
struct BackupAndRestoreOptions {
  std::string backup_dir;
  std::optional<int64_t> save_freq = {};  ///< also every so many batches; nothing: every epoch
  bool delete_checkpoint = true;          ///< when the training has ended
};

/// Keeps a checkpoint of the whole run in BACKUP_DIR/latest.npz: every variable (weights, slots,
/// counters, random state), the position in the epoch, the history and the state of all callbacks.
/// A run that finds it goes on from there, and ends with the bits of a run that was never stopped,
/// wherever it was killed. The file is replaced atomically. A damaged one, or one of another model
/// or run (other examples, batch size, seed, callbacks, ...), is an error.
class BackupAndRestore : public Callback {
 public:
  BackupAndRestore(BackupAndRestoreOptions options);

  const char* name() const override { return "BackupAndRestore"; }
  Status on_train_begin(Training& training) override;
  Status on_batch_end(Training& training, int64_t batch, const Metrics& logs) override;
  bool watches_batches() const override { return options_.save_freq.has_value(); }
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  Status on_train_end(Training& training) override;
  Status on_interrupt(Training& training) override { return save(training); }
  void visit_state(StateArchive& state) override;
  bool runs_last() const override { return true; }

  /// Removes the checkpoint, and the directory if nothing else is in it.
  Status discard();

 private:
  std::string path() const { return options_.backup_dir + "/latest.npz"; }
  Status save(Training& training);
  Status restore(Training& training);

  BackupAndRestoreOptions options_;
  int64_t batches_since_save_ = 0;
};

}  // namespace kiln::runtime
