// Source: keras/src/callbacks/terminate_on_nan.py (Keras 3).
#pragma once

#include "runtime/training/training.h"

namespace kiln::runtime {

/// Ends the training after the step whose loss is NaN or infinite.
class TerminateOnNaN : public Callback {
 public:
  /// `raise_error`: the training fails instead of ending.
  explicit TerminateOnNaN(bool raise_error = false) : raise_error_(raise_error) {}

  const char* name() const override { return "TerminateOnNaN"; }
  Status on_batch_end(Training& training, int64_t batch, const Metrics& logs) override;
  bool watches_batches() const override { return true; }

 private:
  bool raise_error_;
};

}  // namespace kiln::runtime
