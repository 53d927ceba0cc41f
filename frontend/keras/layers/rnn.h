// A recurrent layer of cells.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/layers/base/recurrence.h"
#include "frontend/keras/layers/base/recurrent_layer.h"
#include "frontend/keras/layers/recurrent_cells.h"

namespace kiln::keras {

struct RNNOptions {
  RecurrentCells cell = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;  ///< a batch begins with the states that the last one left
  bool zero_output_for_mask = false;
  std::string name = "";
};

/// [batch, time, features] to the last cell's output, [batch, units], or with return_sequences
/// [batch, time, units]; with return_state all cells' last states follow, the first cell's first.
/// Further inputs are the initial states, of a layer of one cell.
class RNN : public RecurrentLayer {
 public:
  explicit RNN(RNNOptions options);

  std::string_view class_name() const override { return "RNN"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  RecurrentRun run() const override { return run_of(options_); }
  std::shared_ptr<RecurrentLayer> running(const RecurrentRun& run,
                                          const std::string& layer_name) const override {
    return std::make_shared<RNN>(keras::running(options_, run, layer_name));
  }
  size_t state_count() const override;
  int64_t output_size() const override;

 private:
  /// Where a cell's part of the recurrence is.
  struct Part {
    size_t state, value, values, input_masks;
  };
  Status check_inputs(std::span<const LayerInput> inputs) const;
  /// Adds the cells' values to the recurrence's weights.
  std::vector<Part> add_values(CallContext& context, Recurrence& recurrence) const;
  /// Of all cells, for sequences of that many rows.
  std::vector<ir::Type> state_types(int64_t batch) const;
  /// A step of all cells, each on the output of the one before.
  std::vector<ir::Tensor> step(ir::Tensor x, const std::vector<ir::Tensor>& states,
                               const std::vector<ir::Tensor>& values,
                               const std::vector<Part>& parts) const;

  RNNOptions options_;
};

}  // namespace kiln::keras
