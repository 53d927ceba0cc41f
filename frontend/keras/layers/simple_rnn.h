// The plain recurrent layer.
#pragma once

#include "frontend/keras/layers/base/recurrent.h"

namespace kiln::keras {

/// h' = activation(x · kernel + h · recurrent_kernel + bias).
class SimpleRNN : public Recurrent {
 public:
  explicit SimpleRNN(RecurrentOptions options) : Recurrent(std::move(options)) {}
  explicit SimpleRNN(int64_t units) : SimpleRNN(RecurrentOptions{.units = units}) {}

  std::string_view class_name() const override { return "SimpleRNN"; }
  std::shared_ptr<Recurrent> with_options(RecurrentOptions options) const override {
    return std::make_shared<SimpleRNN>(std::move(options));
  }

 protected:
  std::string_view cell_name() const override { return "simple_rnn_cell"; }
  int64_t gate_count() const override { return 1; }
  std::vector<ir::Tensor> step(ir::Tensor x, const std::vector<ir::Tensor>& states,
                               const Weights& weights) const override;
  OptionList gate_options(RecurrentOptions&) const override { return {}; }
  OptionList cell_options(RecurrentOptions& options) const override;
};

}  // namespace kiln::keras
