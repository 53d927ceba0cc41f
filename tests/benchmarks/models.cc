#include "tests/benchmarks/models.h"

#include <fmt/format.h>

#include <array>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/model/built_in_models.h"
#include "frontend/kiln.h"
#include "ir/spelling.h"
#include "tests/benchmarks/must.h"

namespace kiln::benchmarks {
namespace {

keras::Model mnist_mlp() { return must(keras::example("mnist_mlp")); }
keras::Model mnist_cnn() { return must(keras::example("mnist_cnn")); }
keras::Model imdb_lstm() { return must(keras::example("imdb_lstm")); }

/// Dense layers whose weights no cache holds.
keras::Model wide_mlp() {
  keras::Sequential model(
      {Input({1024}), Dense(4096, "relu"), Dense(4096, "relu"), Dense(10, "softmax")}, "wide_mlp");
  model.compile(
      {.optimizer = SGD(1e-2), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  return model;
}

/// Two layers of an encoder over 128 words. Vaswani et al., "Attention is all you need" (2017).
keras::Model transformer() {
  constexpr int64_t kWidth = 256, kHeads = 4;
  const Input words({128}, "int32");
  KerasTensor x = Embedding(10000, kWidth)(words);
  for (int layer = 0; layer < 2; ++layer) {
    const KerasTensor attended = MultiHeadAttention(kHeads, kWidth / kHeads)({x, x});
    x = LayerNormalization()(Add()({x, attended}));
    const KerasTensor fed = Dense(kWidth)(Dense(4 * kWidth, "relu")(x));
    x = LayerNormalization()(Add()({x, fed}));
  }
  const KerasTensor answer = Dense(10, "softmax")(GlobalAveragePooling1D()(x));
  keras::Model model = keras::functional({words}, {answer}, "transformer");
  model.compile({.optimizer = Adam(1e-3),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

// ---- Networks of convolutions over pictures of 64 × 64, for 1,000 classes.

keras::Model image_classifier(const Input& image, const KerasTensor& features, std::string name) {
  const KerasTensor classes = Dense(1000, "softmax")(features);
  keras::Model model = keras::functional({image}, {classes}, std::move(name));
  SGD optimizer(1e-2);
  optimizer.momentum = 0.9;
  model.compile(
      {.optimizer = optimizer, .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  return model;
}

/// Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition"
/// (2014), configuration D.
keras::Model vgg16() {
  const Input image({64, 64, 3});
  KerasTensor x = image;
  const std::array<std::pair<int64_t, int>, 5> stages = {
      {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}};
  for (const auto& [filters, count] : stages) {
    for (int i = 0; i < count; ++i) {
      x = Conv2D({.filters = filters, .kernel_size = 3, .padding = "same", .activation = "relu"})(
          x);
    }
    x = MaxPooling2D(2)(x);
  }
  x = Dense(4096, "relu")(Dense(4096, "relu")(Flatten()(x)));
  return image_classifier(image, x, "vgg16");
}

/// A convolution with what follows each of a ResNet's.
KerasTensor normalized_convolution(const KerasTensor& x, const keras::ConvolutionOptions& options) {
  return BatchNormalization({.epsilon = 1.001e-5})(Conv2D(options)(x));
}

KerasTensor relu(const KerasTensor& x) { return Activation("relu")(x); }

/// Three convolutions around which x goes, through one of its own where its shape changes.
KerasTensor bottleneck(const KerasTensor& x, int64_t filters, int64_t stride, bool changes_shape) {
  const KerasTensor beside =
      changes_shape
          ? normalized_convolution(x, {.filters = 4 * filters, .kernel_size = 1, .strides = stride})
          : x;
  KerasTensor y =
      relu(normalized_convolution(x, {.filters = filters, .kernel_size = 1, .strides = stride}));
  y = relu(normalized_convolution(y, {.filters = filters, .kernel_size = 3, .padding = "same"}));
  y = normalized_convolution(y, {.filters = 4 * filters, .kernel_size = 1});
  return relu(Add()({beside, y}));
}

/// He, Zhang, Ren, Sun, "Deep residual learning for image recognition" (2015), as in
/// keras.applications.
keras::Model resnet50() {
  const Input image({64, 64, 3});
  KerasTensor x = ZeroPadding2D(3)(image);
  x = relu(normalized_convolution(x, {.filters = 64, .kernel_size = 7, .strides = 2}));
  x = MaxPooling2D({.pool_size = 3, .strides = 2})(ZeroPadding2D(1)(x));
  const std::array<std::pair<int64_t, int>, 4> stages = {{{64, 3}, {128, 4}, {256, 6}, {512, 3}}};
  for (const auto& [filters, count] : stages) {
    for (int i = 0; i < count; ++i)
      x = bottleneck(x, filters, i == 0 && filters > 64 ? 2 : 1, i == 0);
  }
  return image_classifier(image, GlobalAveragePooling2D()(x), "resnet50");
}

/// Normalization as MobileNetV2 has it, and its rectifier.
KerasTensor normalized(const KerasTensor& x) {
  return BatchNormalization({.momentum = 0.999, .epsilon = 1e-3})(x);
}
KerasTensor relu6(const KerasTensor& x) { return ReLU({.max_value = 6})(x); }

/// Wider by a convolution of 1 × 1, a kernel for each channel, narrower again.
KerasTensor inverted_residual(const KerasTensor& x, int64_t channels, int64_t expansion,
                              int64_t filters, int64_t stride) {
  KerasTensor y = x;
  if (expansion > 1) {
    y = relu6(normalized(
        Conv2D({.filters = expansion * channels, .kernel_size = 1, .use_bias = false})(y)));
  }
  if (stride > 1) y = ZeroPadding2D(std::array<keras::Border, 2>{{{0, 1}, {0, 1}}})(y);
  y = relu6(normalized(DepthwiseConv2D({.kernel_size = 3,
                                        .strides = stride,
                                        .padding = stride > 1 ? "valid" : "same",
                                        .use_bias = false})(y)));
  y = normalized(Conv2D({.filters = filters, .kernel_size = 1, .use_bias = false})(y));
  return stride == 1 && channels == filters ? Add()({x, y}) : y;
}

/// Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks" (2018), table 2, as in
/// keras.applications.
keras::Model mobilenet_v2() {
  struct Stage {
    int64_t expansion, filters;
    int count;
    int64_t stride;
  };
  const Input image({64, 64, 3});
  KerasTensor x = relu6(normalized(
      Conv2D({.filters = 32, .kernel_size = 3, .strides = 2, .padding = "same", .use_bias = false})(
          image)));
  int64_t channels = 32;
  const std::array<Stage, 7> stages = {{{1, 16, 1, 1},
                                        {6, 24, 2, 2},
                                        {6, 32, 3, 2},
                                        {6, 64, 4, 2},
                                        {6, 96, 3, 1},
                                        {6, 160, 3, 2},
                                        {6, 320, 1, 1}}};
  for (const Stage& stage : stages) {
    for (int i = 0; i < stage.count; ++i) {
      x = inverted_residual(x, channels, stage.expansion, stage.filters, i == 0 ? stage.stride : 1);
      channels = stage.filters;
    }
  }
  x = relu6(normalized(Conv2D({.filters = 1280, .kernel_size = 1, .use_bias = false})(x)));
  return image_classifier(image, GlobalAveragePooling2D()(x), "mobilenet_v2");
}

}  // namespace

std::span<const BenchmarkModel> benchmark_models() {
  static const std::vector<BenchmarkModel> models = {
      {"mnist_mlp", mnist_mlp, {32, 128}, {1, 32, 256}},
      {"mnist_cnn", mnist_cnn, {32, 128}, {1, 32, 256}},
      {"imdb_lstm", imdb_lstm, {32, 128}, {1, 32, 256}},
      {"wide_mlp", wide_mlp, {256}, {1, 32, 256}},
      {"transformer", transformer, {32}, {1, 32}},
      {"mobilenet_v2", mobilenet_v2, {16}, {1, 32}},
      {"resnet50", resnet50, {16}, {1, 32}},
      {"vgg16", vgg16, {16}, {1, 32}},
  };
  return models;
}

Expected<NamedModel> model_named(const std::string& name) {
  std::vector<std::string_view> names;
  for (const BenchmarkModel& model : benchmark_models()) {
    if (model.name == name)
      return NamedModel{name, model.make(), model.train_batches, model.predict_batches};
    names.push_back(model.name);
  }
  const bool is_archive = name.ends_with(".keras");
  if (!is_archive && !name.ends_with(".json")) {
    std::string note = ir::did_you_mean(name, names);
    if (note.empty())
      note = fmt::format("models: {}, or FILE.keras, FILE.json", fmt::join(names, ", "));
    return Diagnostic{"", fmt::format("no benchmark has a model \"{}\"", name), std::move(note)};
  }
  KILN_ASSIGN(keras::Model model,
              is_archive ? keras::read_archive_model(name) : keras::read_model(name));
  NamedModel named = {name, std::move(model)};
  if (!named.model.compile_options) named.train_batches = {};
  return named;
}

}  // namespace kiln::benchmarks
