// Attention of several heads, each with projections of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct MultiHeadAttentionOptions {
  int64_t num_heads = 0;
  int64_t key_dim = 0;                    ///< numbers of a query or a key in a head
  std::optional<int64_t> value_dim = {};  ///< numbers of a value in a head; otherwise key_dim
  double dropout = 0;                     ///< of the attention weights
  bool use_bias = true;
  bool use_gate = false;  ///< heads' results times the sigmoid of one more projection of the query
  std::vector<int64_t> output_shape = {};    ///< of a result; otherwise the query's last extent
  std::vector<int64_t> attention_axes = {};  ///< empty: all but the batch and the last
  std::optional<int64_t> sliding_window = {};
  Initializer kernel_initializer = "GlorotUniform";
  Initializer bias_initializer = "Zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::optional<int64_t> seed = {};
  bool use_causal_mask = false;  ///< Keras's argument of the call
  /// The last input is which positions a query may attend to, [batch, queries, keys] or [batch,
  /// heads, queries, keys], 0 where it may not.
  bool attention_mask = false;
  std::string name = "";
  bool trainable = true;
};

/// softmax(query · key / sqrt(key_dim)) · value in every head, over projections of the inputs, and
/// a projection of all heads' results. Inputs: query [batch, positions..., n], value [batch,
/// positions..., m], and, where it is not the value, key. Output: [batch, query positions...,
/// output_shape]. With attention_axes positions attend to those that differ from them along these
/// axes alone. Masked positions neither attend nor are attended to. Vaswani et al., "Attention is
/// all you need" (2017).
class MultiHeadAttention : public Layer {
 public:
  explicit MultiHeadAttention(MultiHeadAttentionOptions options);
  MultiHeadAttention(int64_t num_heads, int64_t key_dim)
      : MultiHeadAttention(MultiHeadAttentionOptions{.num_heads = num_heads, .key_dim = key_dim}) {}

  std::string_view class_name() const override { return "MultiHeadAttention"; }
  std::vector<std::string_view> argument_names() const override;
  bool takes_truth_values(size_t input) const override;
  void call_has(size_t positions, std::span<const std::string> by_name) override;
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool hides_masks() const override { return true; }

 protected:
  /// With fewer heads of keys and values, each of which serves as many heads of queries.
  MultiHeadAttention(MultiHeadAttentionOptions options, int64_t key_value_heads)
      : MultiHeadAttention(std::move(options)) {
    key_value_heads_ = key_value_heads;
  }
  /// The options behind those of the heads' numbers and sizes.
  OptionList projection_and_call_options();

  MultiHeadAttentionOptions options_;
  std::optional<int64_t> key_value_heads_ = {};  ///< otherwise num_heads

 private:
  Status check_options() const;
  int64_t key_value_heads() const { return key_value_heads_.value_or(options_.num_heads); }
  /// Whether a call of inputs of that rank attends along some of the axes alone; then they come
  /// first among `order`, a permutation for transpose().
  bool attends_along_some(int64_t rank, ir::Integers* order = nullptr) const;
  Status check_partial_attention(std::span<const LayerInput> inputs) const;
  int64_t value_dim() const { return options_.value_dim.value_or(options_.key_dim); }
  /// x, [batch, positions, n], by a projection: [batch, positions, heads, dim].
  ir::Tensor project(CallContext& context, const std::string& part, ir::Tensor x) const;
  /// Keys or values with a head for each of the queries'.
  ir::Tensor for_all_heads(ir::Tensor x) const;
  /// The same for queries of [batch, positions, n], and keys and values likewise: [batch,
  /// positions, output_shape...].
  ir::Tensor attend_to(CallContext& context, ir::Tensor query, ir::Tensor key, ir::Tensor value,
                       ir::Tensor mask, bool finds_zeros) const;
  /// query, key, value: [batch, positions, heads, dim]; the result: [batch, heads, queries, dim].
  /// mask: i1, broadcasts to [batch, heads, queries, keys], or null. A query that may attend to
  /// nothing finds zeros, or else the mean of all values.
  ir::Tensor attend(CallContext& context, ir::Tensor query, ir::Tensor key, ir::Tensor value,
                    ir::Tensor mask, bool finds_zeros) const;
  void add_projection(LayerBuild& build, const std::string& part, ir::Shape kernel,
                      ir::Shape bias) const;

  /// query, value and perhaps key.
  template <typename T>
  std::span<const T> without_mask(std::span<const T> inputs) const {
    return inputs.first(inputs.size() - (options_.attention_mask && !inputs.empty() ? 1 : 0));
  }
  Status check_mask(std::span<const LayerInput> inputs) const;

  bool has_key_ = true;  ///< the call has a key
};

}  // namespace kiln::keras
