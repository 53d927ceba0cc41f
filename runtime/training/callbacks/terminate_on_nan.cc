#include "runtime/training/callbacks/terminate_on_nan.h"

#include <cmath>

namespace kiln::runtime {

Status TerminateOnNaN::on_batch_end(Training& training, int64_t batch, const Metrics& logs) {
  const double* loss = find_metric(logs, "loss");
  if (loss == nullptr || std::isfinite(*loss)) return ok();
  if (raise_error_) {
    return Diagnostic{name(),
                      "the loss is " + python_decimal(*loss) + " after batch " +
                          std::to_string(batch) + " (counted from 0)",
                      "a smaller learning rate or gradient clipping may help"};
  }
  std::fprintf(training.log, "Batch %lld: Invalid loss, terminating training\n",
               static_cast<long long>(batch));
  training.stop = true;
  return ok();
}

}  // namespace kiln::runtime
