#include "frontend/keras/optimizers/muon.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace kiln::keras {

using ir::Tensor;

bool Muon::is_matrix(const NamedType& weight) const {
  if (weight.type.rank() != 2) return false;
  std::string name = weight.name;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return !exclude_embeddings || name.find("embedding") == std::string::npos;
}

std::vector<std::vector<Slot>> Muon::slots(const NamedType& weight) const {
  if (is_matrix(weight)) return {{Slot{"momentum"}}};
  return {{Slot{"momentum"}, Slot{"velocity"}}};
}

std::optional<double> Muon::decay_of(const NamedType& weight) const {
  return is_matrix(weight) ? weight_decay : adam_weight_decay;
}

Prepared Muon::prepare(const StepScalars& step) const {
  const Tensor correction_1 = 1.0 - power(adam_beta_1, step.step);
  const Tensor correction_2 = 1.0 - power(adam_beta_2, step.step);
  const Tensor adam = step.learning_rate * adam_lr_ratio * sqrt(correction_2) / correction_1;
  return {{step.learning_rate, adam}, {}};
}

Tensor Muon::orthogonal(Tensor x) const {
  const bool is_tall = x.shape()[0] > x.shape()[1];
  if (is_tall) x = transpose(x, {1, 0});
  x = x / (sqrt(sum(square(x), {0, 1}, true)) + 1e-7);
  for (int64_t i = 0; i < ns_steps; ++i) {
    const Tensor squared = dot(x, transpose(x, {1, 0}));
    const Tensor polynomial = squared * muon_b + dot(squared * muon_c, squared);
    x = x * muon_a + dot(polynomial, x);
  }
  return is_tall ? transpose(x, {1, 0}) : x;
}

WeightUpdate Muon::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor &g = before.gradient, &m = before.slots[0];
  if (!is_matrix({before.name, before.weight.type()})) {
    const Tensor mean = m + (g - m) * (1 - adam_beta_1);
    const Tensor v =
        before.slots[1] + (before.squared_gradient() - before.slots[1]) * (1 - adam_beta_2);
    return {before.weight - mean * prepared[1] / (sqrt(v) + epsilon), {}, {mean, v}};
  }
  const Tensor mean = m + (g + m * (momentum - 1));
  Tensor step = orthogonal(nesterov ? g + mean * momentum : mean) * prepared[0];
  const ir::Shape& shape = before.weight.shape();
  if (rms_rate) {
    const auto longest = static_cast<double>(std::max(shape[0], shape[1]));
    step = step * std::sqrt(longest) * *rms_rate;
  }
  return {before.weight - step, {}, {mean}};
}

std::string Muon::objection() const {
  if (exclude_layers.empty()) return "";
  return "exclude_layers, patterns of Python's, are not supported";
}

OptionList Muon::own_options() {
  return {{"adam_beta_1", &adam_beta_1, "AdamW's mean of gradients: how much it keeps in a step"},
          {"adam_beta_2", &adam_beta_2, "AdamW's mean of their squares, likewise"},
          {"epsilon", &epsilon, "added to what AdamW's step is divided by"},
          {"exclude_layers", &exclude_layers, "patterns of weights for AdamW; only none"},
          {"muon_a", &muon_a, "factor of x in the iteration's polynomial"},
          {"muon_b", &muon_b, "of x's third power"},
          {"muon_c", &muon_c, "of its fifth power"},
          {"adam_lr_ratio", Count{&adam_lr_ratio}, "AdamW's learning rate over Muon's"},
          {"momentum", &momentum, "how much of the mean of gradients is kept in a step"},
          {"ns_steps", &ns_steps, "how many iterations make a step orthogonal"},
          {"nesterov", &nesterov, "look ahead by the momentum"},
          {"exclude_embeddings", &exclude_embeddings, "embeddings are AdamW's"},
          {"adam_weight_decay", &adam_weight_decay, "of AdamW's weights; null: none"},
          {"rms_rate", &rms_rate, "length of a step by the matrix's longer side; null: as it is"}};
}

}  // namespace kiln::keras
