#include "frontend/keras/layers/attention.h"

#include <fmt/format.h>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/attention_mask.h"
#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kF32 = ir::ElementType::f32;

/// query + key for all pairs: [batch, queries, keys, dim].
Tensor pair_sums(Tensor query, Tensor key) {
  const int64_t batch = query.shape()[0], dim = query.shape()[2];
  return reshape(query, {batch, query.shape()[1], 1, dim}) +
         reshape(key, {batch, 1, key.shape()[1], dim});
}

Status check_inputs(std::span<const LayerInput> inputs) {
  if (inputs.size() < 2 || inputs.size() > 3)
    return Diagnostic{
        "", fmt::format("takes query, value and perhaps key, gets {} inputs", inputs.size()), ""};
  for (const LayerInput& input : inputs) KILN_TRY(check_rank(input, 3));
  KILN_ASSIGN(const int64_t query_dim, known_extent(inputs[0], 2));
  const LayerInput& key = inputs.back();
  KILN_ASSIGN(const int64_t key_dim, known_extent(key, 2));
  const bool same_length = inputs[1].type.shape[1] == key.type.shape[1];
  if (query_dim == key_dim && same_length) return ok();
  return Diagnostic{"",
                    fmt::format("query {}, value {} and key {} do not fit together",
                                show_shape(inputs[0].type.shape), show_shape(inputs[1].type.shape),
                                show_shape(key.type.shape)),
                    ""};
}

}  // namespace

Expected<LayerBuild> AttentionLayer::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_inputs(inputs));
  if (!(dropout_ >= 0 && dropout_ <= 1)) {
    return Diagnostic{"", fmt::format("dropout must be at least 0 and at most 1, not {}", dropout_),
                      ""};
  }
  const ir::Shape &query = inputs[0].type.shape, &value = inputs[1].type.shape;
  LayerBuild build;
  KILN_ASSIGN(build.weights, weights(query[2]));
  if (dropout_ > 0) build.weights.push_back(generator_state(seed_));
  build.outputs = {{kF32, {query[0], query[1], value[2]}}};
  return build;
}

std::vector<Signal> AttentionLayer::call(CallContext& context,
                                         std::span<const Signal> inputs) const {
  const Tensor query = convert(inputs[0].tensor, kF32), value = convert(inputs[1].tensor, kF32);
  Tensor score = scores(context, query, convert(inputs.back().tensor, kF32));
  const int64_t batch = score.shape()[0], queries = score.shape()[1], keys = score.shape()[2];
  Tensor mask = attention_mask(context.builder, {.causal = use_causal_mask_}, queries, keys);
  if (const Tensor of_values = mask_of_positions(context, inputs[1]))
    mask = both(reshape(of_values, {batch, 1, keys}), mask);
  if (mask) score = select(mask, score, score - 1e9);
  Tensor weights = softmax(score);
  if (context.training && dropout_ > 0)
    weights = dropout(context, weights, dropout_, weights.shape());
  const Tensor results = dot_general(weights, value, {{0}, {0}, {2}, {1}});
  const Tensor of_queries = mask_of_positions(context, inputs[0]);
  if (!of_queries) return {{results, {}}};
  return {{select(spread(of_queries, results.shape()), results, 0.0), {}, of_queries}};
}

OptionList AttentionLayer::shared_options() {
  return {{"dropout", &dropout_, "part of the attention weights that is dropped"},
          {"seed", &seed_, "of the dropout's draws; null: the model's"},
          {"use_causal_mask", &use_causal_mask_, "queries see no later values", kOfCall}};
}

Attention::Attention(AttentionOptions options)
    : AttentionLayer(options.dropout, options.seed, options.use_causal_mask),
      options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<std::vector<WeightSpec>> Attention::weights(int64_t) const {
  if (options_.score_mode != "dot" && options_.score_mode != "concat") {
    return Diagnostic{"", fmt::format("unknown score_mode \"{}\"", options_.score_mode),
                      "the modes are dot and concat"};
  }
  std::vector<WeightSpec> weights;
  if (options_.use_scale) weights.push_back({"scale", {kF32, {}}, "Ones"});
  if (options_.score_mode == "concat")
    weights.push_back({"concat_score_weight", {kF32, {}}, "Ones"});
  return weights;
}

Tensor Attention::scores(CallContext& context, Tensor query, Tensor key) const {
  if (options_.score_mode == "dot") {
    const Tensor products = dot_general(query, key, {{0}, {0}, {2}, {2}});
    return options_.use_scale ? products * context.weight("scale") : products;
  }
  Tensor sums = pair_sums(query, key);
  if (options_.use_scale) sums = sums * context.weight("scale");
  return sum(tanh(sums), {3}) * context.weight("concat_score_weight");
}

OptionList Attention::option_list() {
  const OptionList own = {{"use_scale", &options_.use_scale, "multiply scores by a weight"},
                          {"score_mode", &options_.score_mode,
                           "\"dot\": products; \"concat\": of tanh(query + key), with a weight"}};
  return own + shared_options();
}

AdditiveAttention::AdditiveAttention(AdditiveAttentionOptions options)
    : AttentionLayer(options.dropout, options.seed, options.use_causal_mask),
      use_scale_(options.use_scale) {
  name = std::move(options.name);
  trainable = options.trainable;
}

Expected<std::vector<WeightSpec>> AdditiveAttention::weights(int64_t dim) const {
  std::vector<WeightSpec> weights;
  if (use_scale_) weights.push_back({"scale", {kF32, {dim}}, "GlorotUniform"});
  return weights;
}

Tensor AdditiveAttention::scores(CallContext& context, Tensor query, Tensor key) const {
  const Tensor pairs = pair_sums(query, key);
  return sum(use_scale_ ? tanh(pairs) * context.weight("scale") : tanh(pairs), {3});
}

OptionList AdditiveAttention::option_list() {
  const OptionList own = {{"use_scale", &use_scale_, "multiply the numbers by weights"}};
  return own + shared_options();
}

}  // namespace kiln::keras
