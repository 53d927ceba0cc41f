#include "frontend/keras/layers/multi_head_attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/attention_mask.h"
#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kF32 = ir::ElementType::f32;

/// [batch, positions..., n] to [batch, positions, n].
Tensor flat_positions(Tensor x) {
  const int64_t batch = x.shape()[0], n = x.shape().back();
  return reshape(convert(x, kF32), {batch, x.type().count() / (batch * n), n});
}

/// Where query, value and key are not masked: broadcasts to [batch, heads, queries, keys].
Tensor mask_of_inputs(const CallContext& context, std::span<const Signal> inputs) {
  Tensor mask;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor own = mask_of_positions(context, inputs[i]);
    if (!own) continue;
    const int64_t batch = own.shape()[0], positions = own.shape()[1];
    const bool is_query = i == 0;
    mask = both(mask, reshape(own, {batch, 1, is_query ? positions : 1, is_query ? 1 : positions}));
  }
  return mask;
}

/// An attention_mask as i1 [batch, heads, queries, keys], heads 1 where it has none.
Tensor explicit_mask(Tensor mask) {
  ir::Shape shape = mask.shape();
  if (shape.size() == 3) shape.insert(shape.begin() + 1, 1);
  mask = reshape(mask, std::move(shape));
  return mask.type().element == ir::ElementType::i1 ? mask : compare(mask, "NE", 0.0);
}

Status check_positive(std::string_view option, int64_t value) {
  if (value > 0) return ok();
  return Diagnostic{"", fmt::format("{} must be positive, not {}", option, value), ""};
}

Status check_inputs(std::span<const LayerInput> inputs) {
  if (inputs.size() < 2 || inputs.size() > 3) {
    return Diagnostic{
        "", fmt::format("takes query, value and perhaps key, gets {} inputs", inputs.size()), ""};
  }
  const LayerInput& query = inputs[0];
  if (query.type.rank() < 3) {
    return Diagnostic{"",
                      fmt::format("needs positions to attend to, gets {} from \"{}\"",
                                  show_shape(query.type.shape), query.from),
                      ""};
  }
  for (const LayerInput& input : inputs) KILN_TRY(check_rank(input, query.type.rank()));
  const ir::Shape &value = inputs[1].type.shape, &key = inputs.back().type.shape;
  if (std::equal(value.begin() + 1, value.end() - 1, key.begin() + 1)) return ok();
  return Diagnostic{"",
                    fmt::format("value {} and key {} differ in their positions", show_shape(value),
                                show_shape(key)),
                    ""};
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(MultiHeadAttentionOptions options)
    : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

std::vector<std::string_view> MultiHeadAttention::argument_names() const {
  if (!options_.attention_mask) return {"query", "value", "key"};
  if (!has_key_) return {"query", "value", "attention_mask"};
  return {"query", "value", "key", "attention_mask"};
}

bool MultiHeadAttention::takes_truth_values(size_t input) const {
  return options_.attention_mask && input + 1 == argument_names().size();
}

void MultiHeadAttention::call_has(size_t positions, std::span<const std::string> by_name) {
  const auto has = [&](std::string_view argument) {
    return std::find(by_name.begin(), by_name.end(), argument) != by_name.end();
  };
  options_.attention_mask = has("attention_mask");
  has_key_ = positions > 2 || has("key");
}

Status MultiHeadAttention::check_mask(std::span<const LayerInput> inputs) const {
  if (!options_.attention_mask) return ok();
  const LayerInput& mask = inputs.back();
  const ir::Shape &query = inputs[0].type.shape, &value = inputs[1].type.shape;
  const int64_t rank = mask.type.rank();
  const auto fits = [](int64_t given, int64_t wanted) {
    return given == wanted || given == 1 || given == kNone || wanted == kNone;
  };
  const ir::Shape& shape = mask.type.shape;
  if (query.size() == 3 && (rank == 3 || rank == 4) && fits(shape.end()[-2], query[1]) &&
      fits(shape.end()[-1], value[1]) && (rank == 3 || fits(shape[1], options_.num_heads)))
    return ok();
  return Diagnostic{"",
                    fmt::format("attention_mask {} from \"{}\" does not fit query {} and value {}",
                                show_shape(shape), mask.from, show_shape(query), show_shape(value)),
                    "it is of (batch, queries, keys) or (batch, heads, queries, keys)"};
}

Status MultiHeadAttention::check_options() const {
  KILN_TRY(check_positive("num_heads", options_.num_heads));
  KILN_TRY(check_positive("key_dim", options_.key_dim));
  KILN_TRY(check_positive("value_dim", value_dim()));
  if (options_.sliding_window) KILN_TRY(check_positive("sliding_window", *options_.sliding_window));
  for (int64_t extent : options_.output_shape) KILN_TRY(check_positive("output_shape", extent));
  KILN_TRY(check(options_.kernel_initializer));
  KILN_TRY(check(options_.bias_initializer));
  if (!(options_.dropout >= 0 && options_.dropout <= 1)) {
    return Diagnostic{
        "", fmt::format("dropout must be at least 0 and at most 1, not {}", options_.dropout), ""};
  }
  if (options_.num_heads % std::max<int64_t>(key_value_heads(), 1) != 0 || key_value_heads() <= 0) {
    return Diagnostic{"",
                      fmt::format("{} heads of queries are no multiple of {} heads of keys and "
                                  "values",
                                  options_.num_heads, key_value_heads()),
                      ""};
  }
  return ok();
}

bool MultiHeadAttention::attends_along_some(int64_t rank, ir::Integers* order) const {
  const auto resolved = resolve_axes(options_.attention_axes, rank);
  if (!resolved || resolved->empty() || std::ssize(*resolved) == rank - 2) return false;
  if (!order) return true;
  *order = {0};
  for (int64_t axis = 1; axis < rank - 1; ++axis) {
    if (std::ranges::find(*resolved, axis) == resolved->end()) order->push_back(axis);
  }
  order->insert(order->end(), resolved->begin(), resolved->end());
  order->push_back(rank - 1);
  return true;
}

Status MultiHeadAttention::check_partial_attention(std::span<const LayerInput> inputs) const {
  const int64_t rank = inputs[0].type.rank();
  KILN_ASSIGN(const std::vector<int64_t> axes, resolve_axes(options_.attention_axes, rank));
  if (!axes.empty() && axes.back() == rank - 1)
    return Diagnostic{"", "attention_axes name the last axis, which has the features", ""};
  if (!attends_along_some(rank)) return ok();
  if (options_.use_causal_mask || options_.sliding_window || options_.attention_mask)
    return Diagnostic{"", "masks and windows of attention over some axes are not supported", ""};
  const ir::Shape &query = inputs[0].type.shape, &value = inputs[1].type.shape;
  for (size_t axis = 1; axis + 1 < query.size(); ++axis) {
    const bool is_attended = std::ranges::find(axes, static_cast<int64_t>(axis)) != axes.end();
    if (is_attended || query[axis] == value[axis]) continue;
    return Diagnostic{"",
                      fmt::format("query {} and value {} differ along an axis without attention",
                                  show_shape(query), show_shape(value)),
                      ""};
  }
  return ok();
}

void MultiHeadAttention::add_projection(LayerBuild& build, const std::string& part,
                                        ir::Shape kernel, ir::Shape bias) const {
  // The layer's attribute that holds the projection, by which Keras's files call it.
  std::string object = part == "attention_output" ? "output_dense" : part + "_dense";
  if (part == "gate" || key_value_heads_) object = "_" + object;
  build.weights.push_back({part + "/kernel",
                           {kF32, std::move(kernel)},
                           options_.kernel_initializer,
                           true,
                           options_.kernel_regularizer,
                           options_.kernel_constraint,
                           object});
  if (!options_.use_bias) return;
  build.weights.push_back({part + "/bias",
                           {kF32, std::move(bias)},
                           options_.bias_initializer,
                           true,
                           options_.bias_regularizer,
                           options_.bias_constraint,
                           object});
}

Expected<LayerBuild> MultiHeadAttention::build(std::span<const LayerInput> all) const {
  const std::span<const LayerInput> inputs = without_mask(all);
  KILN_TRY(check_inputs(inputs));
  KILN_TRY(check_mask(all));
  const ir::Shape& query = inputs[0].type.shape;
  const int64_t last = inputs[0].type.rank() - 1, heads = options_.num_heads;
  KILN_TRY(check_options());
  KILN_TRY(check_partial_attention(inputs));
  KILN_ASSIGN(const int64_t query_extent, known_extent(inputs[0], last));
  KILN_ASSIGN(const int64_t value_extent, known_extent(inputs[1], last));
  KILN_ASSIGN(const int64_t key_extent, known_extent(inputs.back(), last));
  ir::Shape result = options_.output_shape;
  if (result.empty()) result = {query_extent};
  ir::Shape output_kernel = {heads, value_dim()};
  output_kernel.insert(output_kernel.end(), result.begin(), result.end());
  LayerBuild build;
  auto add_heads = [&](const char* part, int64_t extent, int64_t count, int64_t dim) {
    add_projection(build, part, {extent, count, dim}, {count, dim});
  };
  add_heads("query", query_extent, heads, options_.key_dim);
  add_heads("key", key_extent, key_value_heads(), options_.key_dim);
  if (options_.use_gate) add_heads("gate", query_extent, heads, value_dim());
  add_heads("value", value_extent, key_value_heads(), value_dim());
  add_projection(build, "attention_output", std::move(output_kernel), result);
  if (options_.dropout > 0) build.weights.push_back(generator_state(options_.seed));
  ir::Shape output(query.begin(), query.end() - 1);
  output.insert(output.end(), result.begin(), result.end());
  build.outputs = {{kF32, std::move(output)}};
  return build;
}

Tensor MultiHeadAttention::attend(CallContext& context, Tensor query, Tensor key, Tensor value,
                                  Tensor mask, bool finds_zeros) const {
  const double scale = 1 / std::sqrt(static_cast<double>(options_.key_dim));
  // [batch, heads, queries, keys].
  Tensor scores = dot_general(query * scale, key, {{0, 2}, {0, 2}, {3}, {3}});
  const AttentionWindow window{options_.use_causal_mask, options_.sliding_window};
  mask = both(mask, attention_mask(context.builder, window, scores.shape()[2], scores.shape()[3]));
  if (mask) scores = select(mask, scores, -1e9);
  Tensor weights = softmax(scores);
  if (mask && finds_zeros) weights = select(mask, weights, 0.0);
  if (context.training && options_.dropout > 0)
    weights = dropout(context, weights, options_.dropout, weights.shape());
  return dot_general(weights, value, {{0, 1}, {0, 2}, {3}, {1}});
}

Tensor MultiHeadAttention::project(CallContext& context, const std::string& part, Tensor x) const {
  ir::LocationScope scope(context.builder, part);
  const Tensor y = dot(x, context.weight(part + "/kernel"));
  return options_.use_bias ? y + context.weight(part + "/bias") : y;
}

Tensor MultiHeadAttention::for_all_heads(Tensor x) const {
  const ir::Shape& shape = x.shape();
  const int64_t repeats = options_.num_heads / shape[2];
  if (repeats == 1) return x;
  const ir::Shape apart = {shape[0], shape[1], shape[2], repeats, shape[3]};
  return reshape(broadcast_in_dim(x, apart, {0, 1, 2, 4}),
                 {shape[0], shape[1], options_.num_heads, shape[3]});
}

Tensor MultiHeadAttention::attend_to(CallContext& context, Tensor query, Tensor key, Tensor value,
                                     Tensor mask, bool finds_zeros) const {
  const Tensor queries = project(context, "query", query);
  const Tensor keys = for_all_heads(project(context, "key", key));
  const Tensor values = for_all_heads(project(context, "value", value));
  Tensor results = attend(context, queries, keys, values, mask, finds_zeros);
  if (options_.use_gate) {
    const Tensor gate = logistic(project(context, "gate", query));
    results = results * transpose(gate, {0, 2, 1, 3});
  }
  ir::LocationScope scope(context.builder, "attention_output");
  const Tensor kernel = context.weight("attention_output/kernel");
  const Tensor y = dot_general(results, kernel, {{}, {}, {1, 3}, {0, 1}});
  return options_.use_bias ? y + context.weight("attention_output/bias") : y;
}

std::vector<Signal> MultiHeadAttention::call(CallContext& context,
                                             std::span<const Signal> all) const {
  const std::span<const Signal> inputs = without_mask(all);
  const int64_t rank = inputs[0].tensor.rank();
  ir::Integers order;
  const bool is_partial = attends_along_some(rank, &order);
  // The axes without attention are further ones of the batch.
  const auto axes = static_cast<int64_t>(options_.attention_axes.size());
  const auto rows_of = [&](const ir::Shape& shape) {
    int64_t rows = 1;
    for (int64_t axis = 0; axis < rank - 1 - axes; ++axis) rows *= shape[static_cast<size_t>(axis)];
    return rows;
  };
  const auto flat = [&](const Signal& input) {
    if (!is_partial) return flat_positions(input.tensor);
    const Tensor x = transpose(convert(input.tensor, kF32), order);
    const int64_t rows = rows_of(x.shape()), n = x.shape().back();
    return reshape(x, {rows, x.type().count() / (rows * n), n});
  };
  Tensor mask = mask_of_inputs(context, inputs);
  if (mask && is_partial)
    context.refuse({"", "masks of attention over some axes are not supported", ""});
  if (is_partial) mask = {};
  if (options_.attention_mask) mask = both(mask, explicit_mask(all.back().tensor));
  // As Keras, which has one way to compute it for sequences without dropout and one for the rest.
  const bool finds_zeros = options_.dropout > 0 || rank != 3;
  const Tensor query = flat(inputs[0]), value = flat(inputs[1]);
  const Tensor key = inputs.size() == 2 ? value : flat(inputs[2]);
  Tensor y = attend_to(context, query, key, value, mask, finds_zeros);
  ir::Shape positions = inputs[0].tensor.shape();
  if (is_partial) positions = transpose(inputs[0].tensor, order).shape();
  const auto result = static_cast<int64_t>(y.shape().size()) - 2;
  ir::Shape shape(positions.begin(), positions.end() - 1);
  shape.insert(shape.end(), y.shape().begin() + 2, y.shape().end());
  y = reshape(y, std::move(shape));
  if (is_partial) {
    ir::Integers back(static_cast<size_t>(rank - 1 + result));
    std::iota(back.begin(), back.end(), 0);
    for (int64_t axis = 0; axis < rank - 1; ++axis)
      back[static_cast<size_t>(order[static_cast<size_t>(axis)])] = axis;
    y = transpose(y, back);
  }
  return {{y, {}, inputs[0].own_mask()}};
}

OptionList MultiHeadAttention::projection_and_call_options() {
  MultiHeadAttentionOptions& o = options_;
  return {
      {"kernel_initializer", &o.kernel_initializer, "first values of the projections' kernels"},
      {"bias_initializer", &o.bias_initializer, "first values of their biases"},
      {"kernel_regularizer", &o.kernel_regularizer, "what the kernels add to the loss"},
      {"bias_regularizer", &o.bias_regularizer, "what the biases add to the loss"},
      {"activity_regularizer", Fixed{{nullptr}}, "what the outputs add to the loss"},
      {"kernel_constraint", &o.kernel_constraint, "on the kernels after each update"},
      {"bias_constraint", &o.bias_constraint, "on the biases after each update"},
      {"seed", &o.seed, "of the dropout's draws; null: the model's"},
      {"use_causal_mask", &o.use_causal_mask, "queries see no later values", kOfCall},
      {"attention_mask", &o.attention_mask, "the last input is an attention mask", kNotInFiles}};
}

OptionList MultiHeadAttention::option_list() {
  MultiHeadAttentionOptions& o = options_;
  const OptionList own = {
      {"num_heads", &o.num_heads, "how many heads", kRequired},
      {"key_dim", &o.key_dim, "numbers of a query or key in a head", kRequired},
      {"value_dim", IntegerOr{&o.value_dim, &o.key_dim},
       "numbers of a value in a head; null: key_dim"},
      {"dropout", &o.dropout, "part of the attention weights that is dropped"},
      {"use_bias", &o.use_bias, "add biases to the projections"},
      {"use_gate", &o.use_gate, "heads' results times the sigmoid of one more projection"},
      {"output_shape", Axes{&o.output_shape, Axes::kListOrNull},
       "of a result; null: the query's last extent"},
      {"attention_axes", Axes{&o.attention_axes, Axes::kListOrNull},
       "dimensions of the positions; null: all between the batch and the last"},
      {"sliding_window", &o.sliding_window,
       "how far from a query its keys are; null: any distance"}};
  return own + projection_and_call_options();
}

}  // namespace kiln::keras
