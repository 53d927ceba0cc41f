#include "frontend/keras/layers/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/layers/layers.h"
#include "frontend/keras/options/config.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

/// A layer with default options, or one made of an empty `Argument`.
template <typename T, typename... Argument>
LayerPointer make() {
  return std::make_shared<T>(Argument{}...);
}

constexpr std::string_view kLayersModule = "keras.layers";

struct LayerClass {
  std::string_view class_name;
  std::string_view meaning;
  LayerPointer (*make)();
  /// Keras's config begins with name, trainable and dtype; otherwise the layer writes them itself.
  bool has_base_config = true;
  /// Where Keras has it. What is not in keras.layers is written with its name besides.
  std::string_view module = kLayersModule;
};

constexpr std::string_view kConvNeXtModule = "keras.src.applications.convnext";

constexpr LayerClass kLayers[] = {
    {"Activation", "an activation function", make<Activation, ActivationFunction>},
    {"ActivityRegularization", "x itself, whose size the loss grows with",
     make<ActivityRegularization>, false},
    {"AdaptiveAveragePooling1D", "the mean of each of a number of windows that cover a sequence",
     make<AdaptiveAveragePooling1D, AdaptivePoolingOptions>},
    {"AdaptiveAveragePooling2D", "the mean of each of a number of windows that cover an image",
     make<AdaptiveAveragePooling2D, AdaptivePoolingOptions>},
    {"AdaptiveAveragePooling3D", "the mean of each of a number of windows that cover a volume",
     make<AdaptiveAveragePooling3D, AdaptivePoolingOptions>},
    {"AdaptiveMaxPooling1D", "the maximum of each of a number of windows that cover a sequence",
     make<AdaptiveMaxPooling1D, AdaptivePoolingOptions>},
    {"AdaptiveMaxPooling2D", "the maximum of each of a number of windows that cover an image",
     make<AdaptiveMaxPooling2D, AdaptivePoolingOptions>},
    {"AdaptiveMaxPooling3D", "the maximum of each of a number of windows that cover a volume",
     make<AdaptiveMaxPooling3D, AdaptivePoolingOptions>},
    {"Add", "the sum of its inputs", make<Add>},
    {"AdditiveAttention", "attention by sums of queries and keys (Bahdanau)",
     make<AdditiveAttention>},
    {"AlphaDropout", "dropout that keeps mean and variance, for selu",
     make<AlphaDropout, DropoutOptions>},
    {"Attention", "attention by products of queries and keys (Luong)", make<Attention>},
    {"AutoContrast", "each channel of an image stretched to all values", make<AutoContrast>},
    {"Average", "the mean of its inputs", make<Average>},
    {"AveragePooling1D", "the mean of each window of a sequence", make<AveragePooling1D>},
    {"AveragePooling2D", "the mean of each window of an image", make<AveragePooling2D>},
    {"AveragePooling3D", "the mean of each window of a volume", make<AveragePooling3D>},
    {"BatchNormalization", "channels normalized by the batch's moments", make<BatchNormalization>},
    {"Bidirectional", "a recurrent layer in both directions",
     make<Bidirectional, std::shared_ptr<RecurrentLayer>>},
    {"CategoryEncoding", "integers as vectors: one-hot, multi-hot or counts",
     make<CategoryEncoding, int64_t>},
    {"CenterCrop", "the middle of an image", make<CenterCrop, CenterCropOptions>},
    {"Concatenate", "its inputs one after the other", make<Concatenate>},
    {"Conv1D", "a convolution of a sequence", make<Conv1D, ConvolutionOptions>},
    {"Conv1DTranspose", "a transposed convolution of a sequence",
     make<Conv1DTranspose, TransposedConvolutionOptions>},
    {"Conv2D", "a convolution of an image", make<Conv2D, ConvolutionOptions>},
    {"Conv2DTranspose", "a transposed convolution of an image",
     make<Conv2DTranspose, TransposedConvolutionOptions>},
    {"Conv3D", "a convolution of a volume", make<Conv3D, ConvolutionOptions>},
    {"Conv3DTranspose", "a transposed convolution of a volume",
     make<Conv3DTranspose, TransposedConvolutionOptions>},
    {"ConvLSTM1D", "an LSTM of sequences, with convolutions", make<ConvLSTM1D, ConvLSTMOptions>},
    {"ConvLSTM2D", "an LSTM of images, with convolutions", make<ConvLSTM2D, ConvLSTMOptions>},
    {"ConvLSTM3D", "an LSTM of volumes, with convolutions", make<ConvLSTM3D, ConvLSTMOptions>},
    {"Cropping1D", "a sequence without its ends", make<Cropping1D>},
    {"Cropping2D", "an image without its borders", make<Cropping2D>},
    {"Cropping3D", "a volume without its borders", make<Cropping3D>},
    {"CustomScaleLayer", "the first of two inputs plus the second scaled: InceptionResNetV2's",
     make<CustomScaleLayer, double>, true, "keras.src.applications.inception_resnet_v2"},
    {"Dense", "activation(x · kernel + bias), over the last dimension", make<Dense, DenseOptions>},
    {"DepthwiseConv1D", "a convolution of each channel of a sequence",
     make<DepthwiseConv1D, DepthwiseConvolutionOptions>},
    {"DepthwiseConv2D", "a convolution of each channel of an image",
     make<DepthwiseConv2D, DepthwiseConvolutionOptions>},
    {"Discretization", "which of some ranges a number is in",
     make<Discretization, std::vector<double>>, false},
    {"Dot", "products of two inputs, summed over an axis", make<Dot, std::vector<int64_t>>},
    {"Dropout", "some inputs become 0 while training", make<Dropout, DropoutOptions>},
    {"EinsumDense", "a dense layer over any dimensions, by an equation",
     make<EinsumDense, EinsumDenseOptions>},
    {"ELU", "x above 0, alpha · (e^x - 1) below", make<ELU>},
    {"Embedding", "a learnt vector for each integer", make<Embedding, EmbeddingOptions>},
    {"Flatten", "all dimensions of a row in one", make<Flatten>},
    {"GaussianDropout", "x times normal noise around 1 while training",
     make<GaussianDropout, double>},
    {"GaussianNoise", "x plus normal noise around 0 while training", make<GaussianNoise, double>},
    {"GlobalAveragePooling1D", "the mean of each channel of a sequence",
     make<GlobalAveragePooling1D>},
    {"GlobalAveragePooling2D", "the mean of each channel of an image",
     make<GlobalAveragePooling2D>},
    {"GlobalAveragePooling3D", "the mean of each channel of a volume",
     make<GlobalAveragePooling3D>},
    {"GlobalMaxPooling1D", "the maximum of each channel of a sequence", make<GlobalMaxPooling1D>},
    {"GlobalMaxPooling2D", "the maximum of each channel of an image", make<GlobalMaxPooling2D>},
    {"GlobalMaxPooling3D", "the maximum of each channel of a volume", make<GlobalMaxPooling3D>},
    {"GroupNormalization", "groups of channels normalized by their own moments",
     make<GroupNormalization>},
    {"GroupQueryAttention", "attention whose heads share keys and values",
     make<GroupQueryAttention, GroupQueryAttentionOptions>},
    {"GRU", "the gated recurrent unit", make<GRU, RecurrentOptions>},
    {"Identity", "x itself", make<Identity>},
    {"InputLayer", "where data enters a model", make<Input, InputOptions>, false},
    {"HashedCrossing", "pairs of texts or integers by their hash",
     make<HashedCrossing, HashedCrossingOptions>, false},
    {"Hashing", "texts or integers by their hash", make<Hashing, HashingOptions>, false},
    {"IntegerLookup", "integers by their places in a vocabulary",
     make<IntegerLookup, IntegerLookupOptions>},
    {"LayerNormalization", "each example normalized by its own moments", make<LayerNormalization>},
    {"LayerScale", "a learnt factor for each channel: ConvNeXt's", make<LayerScale, double>, true,
     kConvNeXtModule},
    {"LeakyReLU", "x above 0, negative_slope · x below", make<LeakyReLU>},
    {"LSTM", "long short-term memory", make<LSTM, RecurrentOptions>},
    {"Masking", "masks positions whose features all are one value", make<Masking>},
    {"Maximum", "the largest of its inputs, element by element", make<Maximum>},
    {"MaxPooling1D", "the maximum of each window of a sequence", make<MaxPooling1D>},
    {"MaxPooling2D", "the maximum of each window of an image", make<MaxPooling2D>},
    {"MaxPooling3D", "the maximum of each window of a volume", make<MaxPooling3D>},
    {"Minimum", "the smallest of its inputs, element by element", make<Minimum>},
    {"MultiHeadAttention", "attention of several heads with projections of their own",
     make<MultiHeadAttention, MultiHeadAttentionOptions>},
    {"Multiply", "the product of its inputs", make<Multiply>},
    {"Normalization", "x normalized by moments of the data", make<Normalization>},
    {"Permute", "a row's dimensions in another order", make<Permute, std::vector<int64_t>>},
    {"PReLU", "x above 0, alpha · x below, alpha learnt", make<PReLU>},
    {"RandomBrightness", "images brighter or darker while training",
     make<RandomBrightness, std::vector<double>>},
    {"RandomColorDegeneration", "images nearer to grey while training",
     make<RandomColorDegeneration, std::vector<double>>},
    {"RandomColorJitter", "images in other colours while training", make<RandomColorJitter>},
    {"RandomContrast", "images with more or less contrast while training",
     make<RandomContrast, std::vector<double>>},
    {"RandomCrop", "an image itself, where it has the size", make<RandomCrop, RandomCropOptions>},
    {"RandomErasing", "a rectangle of an image filled while training",
     make<RandomErasing, RandomErasingOptions>},
    {"RandomFlip", "images mirrored while training", make<RandomFlip>},
    {"RandomGaussianBlur", "blurred images while training", make<RandomGaussianBlur>},
    {"RandomGrayscale", "grey images while training", make<RandomGrayscale>},
    {"RandomHue", "images in other hues while training", make<RandomHue, std::vector<double>>},
    {"RandomInvert", "inverted images while training", make<RandomInvert>},
    {"RandomPerspective", "images seen from another side while training", make<RandomPerspective>},
    {"RandomPosterization", "images of fewer values while training",
     make<RandomPosterization, std::vector<double>>},
    {"RandomRotation", "images turned while training", make<RandomRotation, std::vector<double>>},
    {"RandomSaturation", "images of more or less saturation while training",
     make<RandomSaturation, std::vector<double>>},
    {"RandomSharpness", "sharper or softer images while training",
     make<RandomSharpness, std::vector<double>>},
    {"RandomShear", "sheared images while training", make<RandomShear>},
    {"RandomTranslation", "images moved while training",
     make<RandomTranslation, std::vector<double>, std::vector<double>>},
    {"RandomZoom", "images nearer or farther while training",
     make<RandomZoom, std::vector<double>>},
    {"ReLU", "x above a threshold, a slope below", make<ReLU>},
    {"RepeatVector", "a vector several times, as a sequence", make<RepeatVector, int64_t>},
    {"Rescaling", "x · scale + offset", make<Rescaling, std::vector<double>>},
    {"Reshape", "a row's elements in another shape", make<Reshape, std::vector<int64_t>>},
    {"Resizing", "an image in another size", make<Resizing, ResizingOptions>},
    {"RMSNormalization", "x over the root of its mean square", make<RMSNormalization>},
    {"RNN", "a recurrent layer of cells", make<RNN, RNNOptions>},
    {"SeparableConv1D", "a depthwise convolution of a sequence, then a mix of channels",
     make<SeparableConv1D, SeparableConvolutionOptions>},
    {"SeparableConv2D", "a depthwise convolution of an image, then a mix of channels",
     make<SeparableConv2D, SeparableConvolutionOptions>},
    {"SimpleRNN", "the plain recurrent layer", make<SimpleRNN, RecurrentOptions>},
    {"Softmax", "e^x / sum(e^x)", make<Softmax>},
    {"Solarization", "images whose high values are inverted while training", make<Solarization>},
    {"SpatialDropout1D", "dropout of whole channels of a sequence",
     make<SpatialDropout1D, SpatialDropoutOptions>, false},
    {"SpatialDropout2D", "dropout of whole channels of an image",
     make<SpatialDropout2D, SpatialDropoutOptions>, false},
    {"SpatialDropout3D", "dropout of whole channels of a volume",
     make<SpatialDropout3D, SpatialDropoutOptions>, false},
    {"SpectralNormalization",
     "a layer whose kernel is divided by its largest singular value while training",
     make<SpectralNormalization, LayerPointer>},
    {"StochasticDepth", "whole examples become 0 while training: ConvNeXt's",
     make<StochasticDepth, double>, true, kConvNeXtModule},
    {"StringLookup", "texts by their places in a vocabulary",
     make<StringLookup, StringLookupOptions>},
    {"Subtract", "the first of two inputs less the second", make<Subtract>},
    {"TextVectorization", "texts as the places of their words in a vocabulary",
     make<TextVectorization, TextVectorizationOptions>},
    {"TimeDistributed", "a layer at every time step", make<TimeDistributed, LayerPointer>},
    {"UnitNormalization", "x over its Euclidean length", make<UnitNormalization>},
    {"UpSampling1D", "each step of a sequence several times", make<UpSampling1D>},
    {"UpSampling2D", "an image with more pixels", make<UpSampling2D>},
    {"UpSampling3D", "a volume with every element several times", make<UpSampling3D>},
    {"ZeroPadding1D", "zeros around a sequence", make<ZeroPadding1D>},
    {"ZeroPadding2D", "zeros around an image", make<ZeroPadding2D>},
    {"ZeroPadding3D", "zeros around a volume", make<ZeroPadding3D>},
};

/// Whether it computes in f32, as all layers do but inputs and hashes, which have their own types.
bool computes_in_f32(const Layer& layer) {
  constexpr std::string_view kOthers[] = {"InputLayer", "Hashing", "HashedCrossing"};
  return std::ranges::find(kOthers, layer.class_name()) == std::end(kOthers);
}

/// The options of every layer, before its own.
OptionList base_options(Layer& layer) {
  OptionList options = {
      {"name", &layer.name, "unique in a model", kRequired},
      {"trainable", &layer.trainable, "whether training changes the weights"},
  };
  if (computes_in_f32(layer))
    options.push_back({"dtype", ComputeType{}, "what the layer computes in"});
  options.push_back({"activity_regularizer", &layer.activity_regularizer,
                     "what the outputs add to the loss",
                     written_if(static_cast<bool>(layer.activity_regularizer))});
  return options;
}

const LayerClass* find_layer(std::string_view class_name) {
  for (const LayerClass& layer : kLayers) {
    if (layer.class_name == class_name) return &layer;
  }
  return nullptr;
}

Diagnostic unknown_layer(std::string_view class_name, const std::string& where) {
  std::vector<std::string_view> names;
  for (const LayerClass& layer : kLayers) names.push_back(layer.class_name);
  if (class_name == "Lambda") {
    return {
        where, "is a Lambda: it holds Python code, which kiln does not run",
        "write it as layers (Rescaling, Permute, Activation) or as an operation of keras.ops in a "
        "functional model, and save the model again"};
  }
  return {where, fmt::format("layers of class \"{}\" are not supported", class_name),
          ir::did_you_mean(class_name, names)};
}

/// A function of TensorFlow's that no operation stands for.
Diagnostic unknown_function(const Json& config, const std::string& where) {
  return {where,
          fmt::format("calls TensorFlow's function {}, which is not supported, or not with these "
                      "arguments",
                      excerpt(config["function"])),
          "write it with layers or with keras.ops, and save the model again"};
}

}  // namespace

Expected<LayerPointer> read_layer(std::string_view class_name, const Json& config,
                                  const std::string& where) {
  const bool is_named = config.is_object() && config.contains("name") && config["name"].is_string();
  const std::string layer_where =
      fmt::format("{}: layer \"{}\"", where, is_named ? config["name"].get<std::string>() : "?");
  const LayerClass* found = find_layer(class_name);
  const bool is_function = class_name == "TFOpLambda" || class_name == "SlicingOpLambda";
  if (is_function && is_named && config.contains("function"))
    return unknown_function(config, layer_where);
  if (!found) return unknown_layer(class_name, layer_where);
  LayerPointer layer = found->make();
  ConfigReader reader(config, layer_where);
  read_options(base_options(*layer), reader);
  KILN_TRY(reader.check());
  read_options(layer->option_list(), reader);
  KILN_TRY(reader.finish());
  layer->options_were_read();
  return layer;
}

Json write_layer_config(const Layer& layer, ConfigKind kind) {
  Json config = Json::object();
  const LayerClass* known = find_layer(layer.class_name());
  if (!known || known->has_base_config)
    write_options(base_options(const_cast<Layer&>(layer)), config, kind);
  write_options_of(layer, config, kind);
  return config;
}

Json write_layer(const Layer& layer, ConfigKind kind) {
  const LayerClass* known = find_layer(layer.class_name());
  const std::string class_name(layer.class_name());
  const std::string module(known ? known->module : kLayersModule);
  return {{"module", module},
          {"class_name", class_name},
          {"config", write_layer_config(layer, kind)},
          {"registered_name", module == kLayersModule ? Json() : Json(class_name)}};
}

std::vector<ClassReference> layer_reference() {
  std::vector<ClassReference> classes;
  for (const LayerClass& layer : kLayers) {
    const LayerPointer instance = layer.make();
    OptionList options = instance->option_list();
    // Those of all layers come last: they are the same everywhere.
    for (const Option& option : base_options(*instance)) {
      const auto is_same = [&](const Option& own) { return own.key == option.key; };
      if (std::none_of(options.begin(), options.end(), is_same)) options.push_back(option);
    }
    classes.push_back(describe(layer.class_name, layer.meaning, options));
  }
  return classes;
}

}  // namespace kiln::keras
