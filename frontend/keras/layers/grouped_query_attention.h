// Attention of several heads of queries that share heads of keys and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "frontend/keras/layers/multi_head_attention.h"

namespace kiln::keras {

struct GroupQueryAttentionOptions {
  int64_t head_dim = 0;             ///< numbers of a query, a key or a value in a head
  int64_t num_query_heads = 0;      ///< a multiple of num_key_value_heads
  int64_t num_key_value_heads = 0;  ///< each serves as many heads of queries, side by side
  double dropout = 0;               ///< of the attention weights
  bool use_bias = true;
  bool use_gate = false;  ///< heads' results times the sigmoid of one more projection of the query
  std::optional<int64_t> sliding_window = {};
  std::optional<int64_t> seed = {};
  std::string name = "";
};

/// As MultiHeadAttention, over sequences: query [batch, queries, n], value and perhaps key [batch,
/// keys, m] to [batch, queries, n]. Ainslie et al., "GQA: Training generalized multi-query
/// transformer models from multi-head checkpoints" (2023).
class GroupQueryAttention : public MultiHeadAttention {
 public:
  explicit GroupQueryAttention(const GroupQueryAttentionOptions& options);

  std::string_view class_name() const override { return "GroupQueryAttention"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  OptionList option_list() override;
};

}  // namespace kiln::keras
