// Source: keras/src/callbacks/csv_logger.py (Keras 3), Python's csv module (the excel dialect).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/training/training.h"

namespace kiln::runtime {

/// Keras's arguments, with its defaults.
struct CSVLoggerOptions {
  std::string filename;
  std::string separator = ",";  ///< one character
  bool append = false;          ///< go on in the file that is there
};

/// Writes a line an epoch, flushed at once. The columns are those of the first epoch, sorted behind
/// "epoch"; what a later epoch lacks is NA. Where the first epoch has no validation, each metric
/// still gets its "val_" column.
class CSVLogger : public Callback {
 public:
  CSVLogger(CSVLoggerOptions options);

  const char* name() const override { return "CSVLogger"; }
  Status on_train_begin(Training& training) override;
  Status on_epoch_end(Training& training, int epoch, Metrics& logs) override;
  Status on_train_end(Training& training) override;
  void visit_state(StateArchive& state) override;

 private:
  std::string line(const std::vector<std::string>& fields) const;

  CSVLoggerOptions options_;
  /// The part of the file that is known to be right. A run that goes on from a checkpoint cuts off
  /// what its predecessor wrote after it.
  int64_t length_ = 0;
  std::vector<std::string> columns_;  ///< empty before the first epoch
};

}  // namespace kiln::runtime
