// train_step or test_step with the examples it runs over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/examples.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"
#include "runtime/training/batches.h"
#include "runtime/training/history.h"
#include "runtime/training/resident_examples.h"

namespace kiln::runtime {

class StepRunner {
 public:
  /// The examples are checked; `what` comes before the names of arrays in errors. A step that takes
  /// sample weights gets ones where the examples have none. The session must outlive the runner.
  static Expected<StepRunner> create(Session& session, const char* function_name,
                                     const Examples& examples, const std::string& what);

  int64_t examples() const { return examples_; }
  int64_t batch() const { return call_.function().batch; }
  /// Steps of a pass over all examples.
  int64_t steps() const { return (examples_ + batch() - 1) / batch(); }

  /// Copies the examples to the session's device, if it has one and they fit there, so that steps
  /// need no other transfers. Worth it for more than one pass.
  Status keep_examples_on_device();

  /// The order in which steps visit the examples from now on; empty: their own, as at first.
  Status set_order(std::vector<uint32_t> order);

  /// Runs step `index` of a pass. A device may still be working on it.
  Status step(int64_t index);

  /// The running means after the last step, names sorted. Waits for a device.
  Expected<Metrics> metrics();

  /// The names in metrics().
  std::vector<std::string> metric_names() const;
  /// Those of metrics that have several numbers.
  std::vector<std::string> array_metrics() const;

 private:
  StepRunner(Session& session, FunctionCall call, std::vector<BatchInput> inputs, int64_t examples);

  /// Examples of step `index` of a pass.
  int64_t count_of(int64_t index) const;
  void feed_from_host(int64_t index);

  Session* session_;
  FunctionCall call_;
  std::vector<BatchInput> inputs_;
  int64_t examples_;
  std::vector<uint32_t> order_;
  std::optional<ResidentExamples> resident_;
};

}  // namespace kiln::runtime
