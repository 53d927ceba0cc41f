#include "frontend/keras/layers/list.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

struct LayerClass {
  std::string_view class_name;
  Expected<LayerPointer> (*read)(ConfigReader&);
  /// Keras's config begins with name, trainable and dtype; otherwise the layer writes them itself.
  bool has_base_config = true;
};

constexpr LayerClass kLayers[] = {
    {"Activation", Activation::read},
    {"Add", read_merge_layer<Add>},
    {"AdditiveAttention", AdditiveAttention::read},
    {"AlphaDropout", AlphaDropout::read},
    {"Attention", Attention::read},
    {"Average", read_merge_layer<Average>},
    {"AveragePooling1D", AveragePooling1D::read},
    {"AveragePooling2D", AveragePooling2D::read},
    {"AveragePooling3D", AveragePooling3D::read},
    {"BatchNormalization", BatchNormalization::read},
    {"Bidirectional", Bidirectional::read},
    {"Concatenate", Concatenate::read},
    {"Conv1D", Conv1D::read},
    {"Conv1DTranspose", Conv1DTranspose::read},
    {"Conv2D", Conv2D::read},
    {"Conv2DTranspose", Conv2DTranspose::read},
    {"Conv3D", Conv3D::read},
    {"Conv3DTranspose", Conv3DTranspose::read},
    {"Cropping1D", Cropping1D::read},
    {"Cropping2D", Cropping2D::read},
    {"Cropping3D", Cropping3D::read},
    {"Dense", Dense::read},
    {"DepthwiseConv1D", DepthwiseConv1D::read},
    {"DepthwiseConv2D", DepthwiseConv2D::read},
    {"Dot", Dot::read},
    {"Dropout", Dropout::read},
    {"ELU", ELU::read},
    {"Embedding", Embedding::read},
    {"Flatten", Flatten::read},
    {"GaussianDropout", GaussianDropout::read},
    {"GaussianNoise", GaussianNoise::read},
    {"GlobalAveragePooling1D", GlobalAveragePooling1D::read},
    {"GlobalAveragePooling2D", GlobalAveragePooling2D::read},
    {"GlobalAveragePooling3D", GlobalAveragePooling3D::read},
    {"GlobalMaxPooling1D", GlobalMaxPooling1D::read},
    {"GlobalMaxPooling2D", GlobalMaxPooling2D::read},
    {"GlobalMaxPooling3D", GlobalMaxPooling3D::read},
    {"GroupNormalization", GroupNormalization::read},
    {"GRU", GRU::read},
    {"Identity", Identity::read},
    {"InputLayer", Input::read, false},
    {"LayerNormalization", LayerNormalization::read},
    {"LeakyReLU", LeakyReLU::read},
    {"LSTM", LSTM::read},
    {"Masking", Masking::read},
    {"Maximum", read_merge_layer<Maximum>},
    {"MaxPooling1D", MaxPooling1D::read},
    {"MaxPooling2D", MaxPooling2D::read},
    {"MaxPooling3D", MaxPooling3D::read},
    {"Minimum", read_merge_layer<Minimum>},
    {"MultiHeadAttention", MultiHeadAttention::read},
    {"Multiply", read_merge_layer<Multiply>},
    {"Normalization", Normalization::read},
    {"Permute", Permute::read},
    {"PReLU", PReLU::read},
    {"ReLU", ReLU::read},
    {"RepeatVector", RepeatVector::read},
    {"Rescaling", Rescaling::read},
    {"Reshape", Reshape::read},
    {"RMSNormalization", RMSNormalization::read},
    {"SeparableConv1D", SeparableConv1D::read},
    {"SeparableConv2D", SeparableConv2D::read},
    {"SimpleRNN", SimpleRNN::read},
    {"Softmax", Softmax::read},
    {"SpatialDropout1D", SpatialDropout1D::read, false},
    {"SpatialDropout2D", SpatialDropout2D::read, false},
    {"SpatialDropout3D", SpatialDropout3D::read, false},
    {"Subtract", read_merge_layer<Subtract>},
    {"TimeDistributed", TimeDistributed::read},
    {"UnitNormalization", UnitNormalization::read},
    {"UpSampling1D", UpSampling1D::read},
    {"UpSampling2D", UpSampling2D::read},
    {"ZeroPadding1D", ZeroPadding1D::read},
    {"ZeroPadding2D", ZeroPadding2D::read},
    {"ZeroPadding3D", ZeroPadding3D::read},
};

const LayerClass* find_layer(std::string_view class_name) {
  for (const LayerClass& layer : kLayers) {
    if (layer.class_name == class_name) return &layer;
  }
  return nullptr;
}

Diagnostic unknown_layer(std::string_view class_name, const std::string& where) {
  std::vector<std::string_view> names;
  for (const LayerClass& layer : kLayers) names.push_back(layer.class_name);
  return {where, fmt::format("layers of class \"{}\" are not supported", class_name),
          ir::did_you_mean(class_name, names)};
}

}  // namespace

Expected<LayerPointer> read_layer(std::string_view class_name, const Json& config,
                                  const std::string& where) {
  const bool is_named = config.is_object() && config.contains("name") && config["name"].is_string();
  const std::string layer_where =
      fmt::format("{}: layer \"{}\"", where, is_named ? config["name"].get<std::string>() : "?");
  const LayerClass* found = find_layer(class_name);
  if (!found) return unknown_layer(class_name, layer_where);
  ConfigReader reader(config, layer_where);
  const std::string name = reader.string("name");
  const bool trainable = reader.boolean("trainable", true);
  const bool is_input = class_name == "InputLayer";
  // An input has a type of its own; all other layers compute in f32.
  if (!is_input && reader.has("dtype")) {
    if (auto checked = check_dtype_policy(reader.value("dtype"), layer_where); !checked)
      reader.fail(checked.error());
  }
  KILN_ASSIGN(const Regularizer activity_regularizer,
              read_regularizer(reader, "activity_regularizer"));
  KILN_TRY(reader.check());
  KILN_ASSIGN(LayerPointer layer, found->read(reader));
  KILN_TRY(reader.finish());
  if (activity_regularizer) layer->activity_regularizer = activity_regularizer;
  layer->name = name;
  layer->trainable = trainable;
  return layer;
}

Json write_layer_config(const Layer& layer) {
  Json config = Json::object();
  if (const LayerClass* known = find_layer(layer.class_name()); !known || known->has_base_config) {
    config["name"] = layer.name;
    config["trainable"] = layer.trainable;
    config["dtype"] = write_dtype_policy();
    if (layer.activity_regularizer)
      config["activity_regularizer"] = write_regularizer(layer.activity_regularizer);
  }
  layer.write_config(config);
  return config;
}

Json write_dtype_policy() {
  return {{"module", "keras"},
          {"class_name", "DTypePolicy"},
          {"config", {{"name", "float32"}}},
          {"registered_name", nullptr}};
}

Status check_dtype_policy(const Json& dtype, const std::string& where) {
  if (dtype == "float32" || dtype == write_dtype_policy()) return ok();
  return Diagnostic{where, fmt::format("dtype {} is not supported", excerpt(dtype)),
                    "kiln computes in float32"};
}

}  // namespace kiln::keras
