// The one mechanism under all recurrent layers: a step along time, as Keras's backends do it.
#pragma once

#include <functional>
#include <vector>

#include "ir/builder.h"

namespace kiln::keras {

/// One step: the states after it, one of which is its output. x: a slice of the sequence,
/// [batch, ...]; states: as before the step; weights: Recurrence::weights as the step sees them.
using RecurrentStep = std::function<std::vector<ir::Tensor>(
    ir::Tensor x, const std::vector<ir::Tensor>& states, const std::vector<ir::Tensor>& weights)>;

struct Recurrence {
  ir::Tensor sequence;              ///< [batch, time, ...]
  ir::Tensor mask;                  ///< i1 [batch, time]: states stay where it is false; or null
  std::vector<ir::Tensor> states;   ///< before the first step: [batch, ...] each
  std::vector<ir::Tensor> weights;  ///< what the step works with besides
  size_t output_state = 0;          ///< which of the states a step puts out
  bool backwards = false;           ///< the last slice first
  /// What a masked step puts out: zeros, or else the state that is the output before.
  bool zero_output_for_mask = false;
  bool all_outputs = false;  ///< of every step, not of the last alone
};

struct RecurrenceResults {
  /// [batch, time, ...] in the order of the steps; or the last step's, [batch, ...].
  ir::Tensor output;
  std::vector<ir::Tensor> states;  ///< after the last step
};

/// Appends the recurrence as a scan.
RecurrenceResults recur(const Recurrence& recurrence, const RecurrentStep& step);

}  // namespace kiln::keras
