// Examples that stay on a device while it trains on them again and again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/device/device.h"
#include "runtime/device/memory.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"
#include "runtime/training/batches.h"

namespace kiln::runtime {

/// The rows of a step's inputs, as the step takes them, and how many of a batch count: all in the
/// device's memory. Only the order of a pass goes there later.
class ResidentExamples {
 public:
  /// Copies `examples` rows of each input, of the batches that `function` takes, to the session's
  /// device, which must be there. Nothing where they do not fit into its spare memory.
  static Expected<std::optional<ResidentExamples>> create(Session& session,
                                                          const kiln_function& function,
                                                          std::span<const BatchInput> inputs,
                                                          int64_t examples);

  /// The steps from now on visit the rows in this order; empty: their own. It has a row for each
  /// example.
  Status set_order(std::span<const uint32_t> order);

  /// Makes the examples of step `index` of a pass the inputs of the next run: the batches that
  /// BatchInput makes of them.
  Status feed(FunctionCall& call, int64_t index) const;

 private:
  // All rows of an input, and behind them the last one again until the last batch is full.
  struct Rows {
    MemoryBlock block;
    int64_t row_bytes;
  };

  ResidentExamples(Device& device, int64_t batch, int64_t examples)
      : device_(&device), batch_(batch), examples_(examples) {}

  Status allocate(Session& session, std::span<const BatchInput> inputs);
  Status fill_counts();
  Status feed_rows(FunctionCall& call, size_t input, int64_t first) const;

  Device* device_;
  int64_t batch_, examples_;
  std::vector<Rows> inputs_;
  MemoryBlock counts_;  ///< of a full batch, and KILN_ALIGNMENT behind it of the last one
  MemoryBlock order_;   ///< row numbers, padded as the rows are
  bool has_order_ = false;
};

}  // namespace kiln::runtime
