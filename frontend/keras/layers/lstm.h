// Long short-term memory: S. Hochreiter, J. Schmidhuber, Neural Computation 9 (1997), with forget
// gates.
#pragma once

#include "frontend/keras/layers/base/recurrent.h"

namespace kiln::keras {

/// Gates i, f, c, o of z = x · kernel + h · recurrent_kernel + bias, with s the recurrent
/// activation:
///   c' = s(f) * c + s(i) * activation(c gate), h' = s(o) * activation(c').
/// The states are h and c.
class LSTM : public Recurrent {
 public:
  explicit LSTM(RecurrentOptions options) : Recurrent(std::move(options)) {}
  explicit LSTM(int64_t units) : LSTM(RecurrentOptions{.units = units}) {}

  std::string_view class_name() const override { return "LSTM"; }
  std::shared_ptr<Recurrent> with_options(RecurrentOptions options) const override {
    return std::make_shared<LSTM>(std::move(options));
  }
  size_t state_count() const override { return 2; }

 protected:
  std::string_view cell_name() const override { return "lstm_cell"; }
  int64_t gate_count() const override { return 4; }
  std::vector<ir::Tensor> step(ir::Tensor x, const std::vector<ir::Tensor>& states,
                               const Weights& weights) const override;
  Initializer bias_initializer() const override;
  OptionList bias_options(RecurrentOptions& options) const override;
};

}  // namespace kiln::keras
