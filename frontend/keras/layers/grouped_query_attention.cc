#include "frontend/keras/layers/grouped_query_attention.h"

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

GroupQueryAttention::GroupQueryAttention(const GroupQueryAttentionOptions& options)
    : MultiHeadAttention({.num_heads = options.num_query_heads,
                          .key_dim = options.head_dim,
                          .dropout = options.dropout,
                          .use_bias = options.use_bias,
                          .use_gate = options.use_gate,
                          .sliding_window = options.sliding_window,
                          .seed = options.seed,
                          .name = options.name},
                         options.num_key_value_heads) {}

Expected<LayerBuild> GroupQueryAttention::build(std::span<const LayerInput> inputs) const {
  if (!inputs.empty()) KILN_TRY(check_rank(inputs[0], 3));
  return MultiHeadAttention::build(inputs);
}

OptionList GroupQueryAttention::option_list() {
  MultiHeadAttentionOptions& o = options_;
  const OptionList own = {
      {"head_dim", &o.key_dim, "numbers of a query, key or value in a head", kRequired},
      {"num_query_heads", &o.num_heads, "how many heads of queries", kRequired},
      {"num_key_value_heads", &*key_value_heads_, "how many heads of keys and values", kRequired},
      {"use_bias", &o.use_bias, "add biases to the projections"},
      {"use_gate", &o.use_gate, "heads' results times the sigmoid of one more projection"},
      {"sliding_window", &o.sliding_window,
       "how far from a query its keys are; null: any distance"},
      {"dropout", &o.dropout, "part of the attention weights that is dropped"}};
  return own + projection_and_call_options();
}

}  // namespace kiln::keras
