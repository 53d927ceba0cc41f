#include "frontend/keras/files/legacy/layer_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "frontend/keras/files/legacy/objects.h"

namespace kiln::keras::legacy {
namespace {

struct ClassChange {
  std::string_view from, to;
};

// Keras 1's Deconvolution2D is not among them: its kernels had other axes.
constexpr ClassChange kClasses[] = {
    {"AtrousConvolution1D", "Conv1D"},
    {"AtrousConvolution2D", "Conv2D"},
    {"AvgPool1D", "AveragePooling1D"},
    {"AvgPool2D", "AveragePooling2D"},
    {"AvgPool3D", "AveragePooling3D"},
    {"BatchNormalizationV1", "BatchNormalization"},
    {"BatchNormalizationV2", "BatchNormalization"},
    {"Convolution1D", "Conv1D"},
    {"Convolution2D", "Conv2D"},
    {"Convolution3D", "Conv3D"},
    {"CuDNNGRU", "GRU"},
    {"CuDNNLSTM", "LSTM"},
    {"GRUV1", "GRU"},
    {"GRUV2", "GRU"},
    {"GlobalAvgPool1D", "GlobalAveragePooling1D"},
    {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
    {"GlobalMaxPool1D", "GlobalMaxPooling1D"},
    {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
    {"LSTMV1", "LSTM"},
    {"LSTMV2", "LSTM"},
    {"LayerNormalizationV1", "LayerNormalization"},
    {"MaxPool1D", "MaxPooling1D"},
    {"MaxPool2D", "MaxPooling2D"},
    {"MaxPool3D", "MaxPooling3D"},
    {"SeparableConvolution1D", "SeparableConv1D"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    // Both are x above theta and 0 elsewhere.
    {"ThresholdedReLU", "ReLU"},
};

/// Keras 1's Merge by its option `mode`. (`cos` gave another shape than today's Dot.)
constexpr ClassChange kMergeModes[] = {
    {"sum", "Add"},     {"mul", "Multiply"},       {"ave", "Average"},
    {"max", "Maximum"}, {"concat", "Concatenate"}, {"dot", "Dot"},
};

constexpr std::string_view kAll = "";
constexpr std::string_view kRecurrent = "GRU|LSTM|SimpleRNN|RNN|GRUCell|LSTMCell|SimpleRNNCell";
constexpr std::string_view kConvolutions =
    "Conv1D|Conv2D|Conv3D|Conv1DTranspose|Conv2DTranspose|Conv3DTranspose|SeparableConv1D|"
    "SeparableConv2D|DepthwiseConv1D|DepthwiseConv2D";
constexpr std::string_view kByChannel =
    "SeparableConv1D|SeparableConv2D|DepthwiseConv1D|DepthwiseConv2D";
constexpr std::string_view kPoolings =
    "MaxPooling1D|MaxPooling2D|MaxPooling3D|AveragePooling1D|AveragePooling2D|AveragePooling3D";
constexpr std::string_view kDropouts =
    "Dropout|SpatialDropout1D|SpatialDropout2D|SpatialDropout3D|GaussianDropout";

bool among(std::string_view class_name, std::string_view classes) {
  if (classes.empty()) return true;
  while (!classes.empty()) {
    const std::string_view first = classes.substr(0, classes.find('|'));
    if (first == class_name) return true;
    classes.remove_prefix(std::min(classes.size(), first.size() + 1));
  }
  return false;
}

// Options that are called otherwise today.

struct Renamed {
  std::string_view classes, from, to;
};

constexpr Renamed kRenamed[] = {
    // Keras 2.
    {"InputLayer", "batch_input_shape", "batch_shape"},
    {"LeakyReLU", "alpha", "negative_slope"},
    {"ReLU", "theta", "threshold"},
    // Keras 1.
    {"InputLayer", "input_dtype", "dtype"},
    {"Dense|GRU|LSTM|SimpleRNN", "output_dim", "units"},
    {kConvolutions, "nb_filter", "filters"},
    {"Conv1D", "filter_length", "kernel_size"},
    {"Conv1D", "subsample_length", "strides"},
    {kConvolutions, "subsample", "strides"},
    {"Conv1D", "atrous_rate", "dilation_rate"},
    {"Conv2D", "atrous_rate", "dilation_rate"},
    {"MaxPooling1D|AveragePooling1D", "pool_length", "pool_size"},
    {"MaxPooling1D|AveragePooling1D", "stride", "strides"},
    {kAll, "border_mode", "padding"},
    {kAll, "dim_ordering", "data_format"},
    {kAll, "bias", "use_bias"},
    {"Embedding", "init", "embeddings_initializer"},
    {"Embedding", "W_regularizer", "embeddings_regularizer"},
    {"Embedding", "W_constraint", "embeddings_constraint"},
    {"PReLU", "init", "alpha_initializer"},
    {kByChannel, "init", "depthwise_initializer"},
    {kAll, "init", "kernel_initializer"},
    {kAll, "W_regularizer", "kernel_regularizer"},
    {kAll, "b_regularizer", "bias_regularizer"},
    {kAll, "W_constraint", "kernel_constraint"},
    {kAll, "b_constraint", "bias_constraint"},
    {kRecurrent, "inner_init", "recurrent_initializer"},
    {kRecurrent, "inner_activation", "recurrent_activation"},
    {kRecurrent, "U_regularizer", "recurrent_regularizer"},
    {kRecurrent, "U_constraint", "recurrent_constraint"},
    {kRecurrent, "dropout_W", "dropout"},
    {kRecurrent, "dropout_U", "recurrent_dropout"},
    {"BatchNormalization", "gamma_init", "gamma_initializer"},
    {"BatchNormalization", "beta_init", "beta_initializer"},
    {kDropouts, "p", "rate"},
    {"GaussianNoise", "sigma", "stddev"},
    {"UpSampling1D", "length", "size"},
};

// Options that are gone. Where they had another value than those here, they are refused.

using Condition = bool (*)(const Json&);

bool always(const Json&) { return true; }
bool if_unset(const Json& value) {
  return value.is_null() || value == false || value == 0 || value == Json::array();
}
bool if_one(const Json& value) { return value.is_null() || value == 1; }
bool if_unset_or_one(const Json& value) { return if_unset(value) || if_one(value); }

struct Dropped {
  std::string_view classes, key;
  Condition when = always;
};

constexpr Dropped kDropped[] = {
    // What the model's input looks like: a Sequential gets an InputLayer of it.
    {kAll, "batch_input_shape"},
    {kAll, "input_shape"},
    {kAll, "input_length"},
    {"Dense|GRU|LSTM|SimpleRNN|Conv1D", "input_dim"},
    {kAll, "input_dtype"},
    {kAll, "batch_size"},
    {"InputLayer", "type_spec", if_unset},
    // How Keras ran it.
    {kAll, "dynamic", if_unset},
    {kAll, "autocast"},
    {kAll, "weights", if_unset},
    {kRecurrent, "implementation"},
    {kRecurrent, "consume_less"},
    {kRecurrent, "time_major", if_unset},
    {kRecurrent, "state_size"},
    {kRecurrent, "num_constants", if_unset},
    {"Bidirectional", "num_constants", if_unset},
    {"BatchNormalization", "fused"},
    {"BatchNormalization", "renorm", if_unset},
    {"BatchNormalization", "virtual_batch_size", if_unset},
    {"BatchNormalization", "adjustment", if_unset},
    {"BatchNormalization", "mode", if_unset},
    // What a base class wrote, and nothing read.
    {kByChannel, "groups", if_one},
    {kByChannel, "kernel_initializer"},
    {kByChannel, "kernel_regularizer"},
    {kByChannel, "kernel_constraint"},
    {"DepthwiseConv1D|DepthwiseConv2D", "filters", if_unset},
    {"Conv1DTranspose|Conv2DTranspose|Conv3DTranspose", "groups", if_one},
    {"Conv2DTranspose", "output_shape"},
    {"Dropout|AlphaDropout|GaussianDropout|SpatialDropout1D|SpatialDropout2D|SpatialDropout3D",
     "noise_shape", if_unset},
    {"Embedding", "dropout", if_unset},
    {"Embedding", "sparse", if_unset},
    {"Attention|AdditiveAttention", "causal", if_unset},
    {"MultiHeadAttention", "query_shape"},
    {"MultiHeadAttention", "key_shape"},
    {"MultiHeadAttention", "value_shape"},
    {"MultiHeadAttention", "softmax_robust_masking", if_unset},
    {"UpSampling1D|UpSampling3D", "interpolation", if_unset_or_one},
};

// Values that are written otherwise today.

using Conversion = void (*)(Json&);

void to_boolean(Json& value) {
  if (value == 0 || value == 1) value = value == 1;
}
/// Of a list with one number, the number.
void to_number(Json& value) {
  if (value.is_array() && value.size() == 1 && value[0].is_number()) value = Json(value[0]);
}
/// Keras 1's "th" stays, to be refused: its kernels had other axes.
void to_data_format(Json& value) {
  if (value == "tf") value = "channels_last";
  if (value == "default") value = "channels_last";
}
/// Keras 1 and 2 wrote rates and slopes as whole numbers, too; a missing slope was none.
void to_slope(Json& value) {
  if (value.is_null()) value = 0.0;
}
void to_shape_list(Json& value) {
  if (value.is_number_integer()) value = Json::array({value});
}
/// One number for all sides, or one for each dimension, as a pair for each.
void to_borders(Json& value) {
  const auto pair = [](const Json& size) { return Json::array({size, size}); };
  if (!value.is_array()) return;
  for (Json& side : value) {
    if (side.is_number_integer()) side = pair(side);
  }
}
void to_border(Json& value) {
  if (value.is_number_integer()) value = Json::array({value, value});
}

struct Converted {
  std::string_view classes, key;
  Conversion convert;
};

constexpr Converted kConverted[] = {
    {kAll, "trainable", to_boolean},
    {kAll, "use_bias", to_boolean},
    {kAll, "data_format", to_data_format},
    {"BatchNormalization", "axis", to_number},
    {"BatchNormalization|LayerNormalization", "scale", to_boolean},
    {"BatchNormalization|LayerNormalization", "center", to_boolean},
    {"Embedding", "mask_zero", to_boolean},
    {kRecurrent, "return_sequences", to_boolean},
    {kRecurrent, "return_state", to_boolean},
    {kRecurrent, "go_backwards", to_boolean},
    {kRecurrent, "stateful", to_boolean},
    {kRecurrent, "unroll", to_boolean},
    {"LSTM|LSTMCell", "unit_forget_bias", to_boolean},
    {"ReLU", "negative_slope", to_slope},
    {"ReLU", "threshold", to_slope},
    {"Reshape", "target_shape", to_shape_list},
    {"ZeroPadding2D|ZeroPadding3D|Cropping2D|Cropping3D", "padding", to_borders},
    {"ZeroPadding2D|ZeroPadding3D|Cropping2D|Cropping3D", "cropping", to_borders},
    {"ZeroPadding1D|Cropping1D", "padding", to_border},
    {"ZeroPadding1D|Cropping1D", "cropping", to_border},
};

// What takes more than a line.

/// Numbers that NumPy held: {"type": "ndarray", "value": 0.3}.
void take_out_of_arrays(Json& config) {
  for (Json& value : config) {
    const bool is_array =
        value.is_object() && value.value("type", Json()) == "ndarray" && value.contains("value");
    if (is_array) value = Json(value["value"]);
  }
}

/// Keras 1 said the extents of an image's window one by one.
void join_kernel_extents(Json& config) {
  Json extents = Json::array();
  for (auto key : {"kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_row", "nb_col"}) {
    if (config.contains(key)) extents.push_back(config[key]);
  }
  if (extents.size() < 2 || config.contains("kernel_size")) return;
  for (auto key : {"kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_row", "nb_col"})
    config.erase(key);
  config["kernel_size"] = std::move(extents);
}

/// Keras 1 had an initializer for the forget gate's bias.
void forget_bias(Json& config) {
  if (!config.contains("forget_bias_init")) return;
  config["unit_forget_bias"] = config["forget_bias_init"] == "one";
  config.erase("forget_bias_init");
}

/// Other policies are refused by their names.
void modernize_dtype(Json& config) {
  const auto found = config.find("dtype");
  if (found == config.end()) return;
  Json& dtype = *found;
  const bool is_policy = dtype.is_object() && dtype.value("class_name", Json()) == "Policy" &&
                         dtype.contains("config") && dtype["config"].is_object() &&
                         dtype["config"].contains("name");
  if (is_policy) dtype = Json(dtype["config"]["name"]);
  if (dtype.is_null()) config.erase("dtype");
}

/// A copy with the renamed keys in their places; where both are there, the old one stays.
Json with_renamed_keys(const std::string& class_name, const Json& config) {
  Json result = Json::object();
  for (const auto& [key, value] : config.items()) {
    std::string today = key;
    for (const Renamed& renamed : kRenamed) {
      const bool fits = renamed.from == key && among(class_name, renamed.classes) &&
                        !config.contains(std::string(renamed.to));
      if (!fits) continue;
      today = renamed.to;
      break;
    }
    result[today] = value;
  }
  return result;
}

void modernize_objects(Json& config, bool old) {
  for (const auto& [key, value] : config.items()) {
    if (key.ends_with("_initializer")) modernize_initializer(value);
    if (key.ends_with("_regularizer")) modernize_regularizer(value);
    if (key.ends_with("_constraint")) modernize_constraint(value);
    if (key == "activation" || key == "recurrent_activation") modernize_activation(value, old);
  }
}

}  // namespace

namespace {

/// Of Merge, whose mode says which of today's classes it is. One that holds the layers that it merges,
/// or a function, stays.
void modernize_merge(Json& layer) {
  const Json& config = layer["config"];
  if (!config.is_object() || config.value("mode_type", Json("raw")) != "raw") return;
  for (const ClassChange& change : kMergeModes) {
    if (config.value("mode", Json()) != change.from) continue;
    Json today = {{"name", config.value("name", Json())}};
    if (change.from == "concat") today["axis"] = config.value("concat_axis", Json(-1));
    if (change.from == "dot") today["axes"] = config.value("dot_axes", Json(-1));
    layer["class_name"] = std::string(change.to);
    layer["config"] = std::move(today);
    return;
  }
}

}  // namespace

void modernize_class(Json& layer) {
  const auto written = layer["class_name"].get<std::string>();
  if (written == "Merge") return modernize_merge(layer);
  if (written == "CuDNNGRU" && layer["config"].is_object()) layer["config"]["reset_after"] = true;
  for (const ClassChange& change : kClasses) {
    if (change.from == written) layer["class_name"] = std::string(change.to);
  }
}

void modernize_layer(const std::string& class_name, bool old, Json& config) {
  if (!config.is_object()) return;
  take_out_of_arrays(config);
  if (among(class_name, kConvolutions)) join_kernel_extents(config);
  if (class_name == "LSTM") forget_bias(config);
  config = with_renamed_keys(class_name, config);
  for (const Dropped& dropped : kDropped) {
    const auto found = config.find(std::string(dropped.key));
    if (found == config.end() || !among(class_name, dropped.classes) || !dropped.when(*found))
      continue;
    config.erase(found);
  }
  for (const Converted& converted : kConverted) {
    const auto found = config.find(std::string(converted.key));
    if (found != config.end() && among(class_name, converted.classes)) converted.convert(*found);
  }
  modernize_dtype(config);
  modernize_objects(config, old);
  // Before there was the option, GRU applied the reset gate before the product.
  if (old && class_name == "GRU" && !config.contains("reset_after")) config["reset_after"] = false;
}

}  // namespace kiln::keras::legacy
