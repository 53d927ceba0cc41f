// Muon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// K. Jordan, "Muon: an optimizer for hidden layers in neural networks" (2024): a matrix's momentum
/// is brought near to an orthogonal matrix by Newton and Schulz's iteration; its length is by
/// "Muon is scalable for LLM training" (2025). Weights that are no matrices, and embeddings, are
/// AdamW's.
class Muon : public Optimizer {
 public:
  explicit Muon(LearningRate rate = 0.001) {
    learning_rate = std::move(rate);
    weight_decay = 0.004;
  }

  std::string_view class_name() const override { return "Muon"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  Prepared prepare(const StepScalars& step) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  std::optional<double> decay_of(const NamedType& weight) const override;
  OptionList own_options() override;
  std::string objection() const override;

  double adam_beta_1 = 0.9;
  double adam_beta_2 = 0.999;
  double epsilon = 1e-7;
  std::vector<std::string> exclude_layers;  ///< Keras's patterns of names: none
  double muon_a = 3.4445, muon_b = -4.775, muon_c = 2.0315;
  double adam_lr_ratio = 1;
  double momentum = 0.95;
  int64_t ns_steps = 5;
  bool nesterov = true;
  bool exclude_embeddings = true;
  std::optional<double> adam_weight_decay = 0.004;
  std::optional<double> rms_rate = 0.2;

 private:
  bool is_matrix(const NamedType& weight) const;
  /// A matrix whose singular values are all near 1, with x's singular vectors.
  ir::Tensor orthogonal(ir::Tensor x) const;
};

}  // namespace kiln::keras
