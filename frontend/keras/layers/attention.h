// Attention of one head, without projections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// What attention with and without products shares. Inputs: query [batch, queries, dim], value
/// [batch, keys, value_dim], and, where it is not the value, key [batch, keys, dim]. Output:
/// softmax(scores) · value, [batch, queries, value_dim]. Masked values are not attended to; what
/// masked queries find is zero.
class AttentionLayer : public Layer {
 public:
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const final;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const final;

 protected:
  AttentionLayer(double dropout, std::optional<int64_t> seed, bool use_causal_mask)
      : dropout_(dropout), seed_(seed), use_causal_mask_(use_causal_mask) {}

  /// The weights that the scores need, for queries of `dim` numbers.
  virtual Expected<std::vector<WeightSpec>> weights(int64_t dim) const = 0;
  /// [batch, queries, keys].
  virtual ir::Tensor scores(CallContext& context, ir::Tensor query, ir::Tensor key) const = 0;

  /// What both list after their own options.
  OptionList shared_options();

  double dropout_;
  std::optional<int64_t> seed_;

 private:
  bool use_causal_mask_;
};

struct AttentionOptions {
  bool use_scale = false;          ///< a weight that scores are multiplied by
  std::string score_mode = "dot";  ///< or "concat": a weight times sum(tanh(query + key))
  double dropout = 0;              ///< of the attention weights
  std::optional<int64_t> seed = {};
  bool use_causal_mask = false;  ///< Keras's argument of the call
  std::string name = "";
  bool trainable = true;
};

/// Scores are products of query and key. Luong et al., "Effective approaches to attention-based
/// neural machine translation" (2015).
class Attention : public AttentionLayer {
 public:
  explicit Attention(AttentionOptions options = {});

  std::string_view class_name() const override { return "Attention"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(int64_t dim) const override;
  ir::Tensor scores(CallContext& context, ir::Tensor query, ir::Tensor key) const override;

  AttentionOptions options_;
};

struct AdditiveAttentionOptions {
  bool use_scale = true;  ///< a weight for each of the dim numbers
  double dropout = 0;     ///< of the attention weights
  std::optional<int64_t> seed = {};
  bool use_causal_mask = false;  ///< Keras's argument of the call
  std::string name = "";
  bool trainable = true;
};

/// Scores are sum(scale · tanh(query + key)). Bahdanau, Cho, Bengio, "Neural machine translation by
/// jointly learning to align and translate" (2015).
class AdditiveAttention : public AttentionLayer {
 public:
  explicit AdditiveAttention(AdditiveAttentionOptions options = {});

  std::string_view class_name() const override { return "AdditiveAttention"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(int64_t dim) const override;
  ir::Tensor scores(CallContext& context, ir::Tensor query, ir::Tensor key) const override;

  bool use_scale_;
};

}  // namespace kiln::keras
