// The gated recurrent unit: K. Cho et al., "Learning phrase representations using RNN
// encoder-decoder for statistical machine translation" (2014).
#pragma once

#include "frontend/keras/layers/base/recurrent.h"

namespace kiln::keras {

/// Gates z, r, h of x · kernel + bias and of h · recurrent_kernel, with s the recurrent activation:
///   h' = s(z) * h + (1 - s(z)) * candidate.
/// The reset gate s(r) multiplies the candidate's recurrent product (reset_after; the bias has a
/// row for each of the two products), or h before that product.
class GRU : public Recurrent {
 public:
  explicit GRU(RecurrentOptions options) : Recurrent(std::move(options)) {}
  explicit GRU(int64_t units) : GRU(RecurrentOptions{.units = units}) {}

  std::string_view class_name() const override { return "GRU"; }
  std::shared_ptr<Recurrent> with_options(RecurrentOptions options) const override {
    return std::make_shared<GRU>(std::move(options));
  }

 protected:
  std::string_view cell_name() const override { return "gru_cell"; }
  int64_t gate_count() const override { return 3; }
  std::vector<ir::Tensor> step(ir::Tensor x, const std::vector<ir::Tensor>& states,
                               const Weights& weights) const override;
  ir::Shape bias_shape() const override;
  OptionList cell_options(RecurrentOptions& options) const override;
};

}  // namespace kiln::keras
