#include "tests/random_models/random_layers.h"

namespace kiln::tests {
namespace {

using keras::Json;

/// What a maker of a config has: numbers, and the shape of the input.
struct Context {
  Random& random;
  const ir::Shape& shape;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  /// Any axis but the batch, from the start or from the end.
  int64_t axis() const {
    const int64_t dimension = random.integer(1, rank() - 1);
    return random.chance(0.5) ? dimension : dimension - rank();
  }
  bool flag() const { return random.chance(0.5); }
  int64_t small() const { return random.integer(1, 3); }
  std::string format() const { return random.chance(0.8) ? "channels_last" : "channels_first"; }
  Json border() const { return {random.integer(0, 2), random.integer(0, 1)}; }
  std::string activation() const { return random_activation(random); }
};

struct LayerMaker {
  const char* class_name;
  Json (*config)(const Context&);
  int inputs = 1;
  int64_t rank = 0;  ///< of the input; 0: any
};

Json nothing(const Context&) { return Json::object(); }

Json normalization(const Context& c) {
  return {{"axis", c.axis()}, {"center", c.flag()}, {"scale", c.flag()}};
}

Json convolution(const Context& c, int64_t dimensions) {
  Json size = Json::array(), strides = Json::array(), dilation = Json::array();
  const bool dilated = c.random.chance(0.2);
  for (int64_t d = 0; d < dimensions; ++d) {
    size.push_back(c.small());
    strides.push_back(dilated ? 1 : c.random.integer(1, 2));
    dilation.push_back(dilated ? 2 : 1);
  }
  return {{"filters", c.small()},
          {"kernel_size", size},
          {"strides", strides},
          {"dilation_rate", dilation},
          {"padding", c.flag() ? "same" : "valid"},
          {"activation", c.activation()},
          {"use_bias", c.flag()}};
}

Json pooling(const Context& c, int64_t dimensions) {
  Json size = Json::array(), strides = Json::array();
  for (int64_t d = 0; d < dimensions; ++d) {
    size.push_back(c.small());
    strides.push_back(c.random.integer(1, 2));
  }
  return {{"pool_size", size}, {"strides", strides}, {"padding", c.flag() ? "same" : "valid"}};
}

Json recurrent(const Context& c) {
  return {{"units", c.small()}, {"return_sequences", c.flag()}, {"go_backwards", c.flag()}};
}

Json borders(const Context& c, const char* key) {
  Json sides = Json::array();
  for (int64_t d = 0; d < c.rank() - 2; ++d) sides.push_back(c.border());
  return {{key, c.rank() == 3 ? sides[0] : sides}, {"data_format", c.format()}};
}

/// Two factors of a row's size.
Json new_shape(const Context& c) {
  int64_t count = 1;
  for (size_t d = 1; d < c.shape.size(); ++d) count *= c.shape[d];
  int64_t factor = c.random.integer(1, 4);
  while (count % factor != 0) --factor;
  return {{"target_shape", {factor, c.flag() ? -1 : count / factor}}};
}

Json permutation(const Context& c) {
  std::vector<int64_t> dims;
  for (int64_t d = 1; d < c.rank(); ++d)
    dims.insert(dims.begin() + c.random.integer(0, static_cast<int64_t>(dims.size())), d);
  return {{"dims", dims}};
}

Json relu(const Context& c) {
  return {{"max_value", c.flag() ? Json(c.random.number(0.5, 2)) : Json()},
          {"negative_slope", c.flag() ? 0.0 : c.random.number(0, 0.5)},
          {"threshold", c.flag() ? 0.0 : c.random.number(0, 0.5)}};
}

const LayerMaker kMakers[] = {
    {"Dense",
     [](const Context& c) -> Json {
       return {{"units", c.random.integer(1, 5)},
               {"activation", c.activation()},
               {"use_bias", c.flag()}};
     }},
    {"Activation",
     [](const Context& c) -> Json {
       return {{"activation", c.activation()}};
     }},
    {"BatchNormalization",
     [](const Context& c) {
       Json config = normalization(c);
       config["momentum"] = c.random.number(0.5, 1);
       return config;
     }},
    {"LayerNormalization", normalization},
    {"GroupNormalization",
     [](const Context& c) {
       Json config = normalization(c);
       config["groups"] = c.flag() ? -1 : c.random.integer(1, 2);
       return config;
     }},
    {"RMSNormalization",
     [](const Context& c) -> Json {
       return {{"axis", c.axis()}};
     }},
    {"UnitNormalization",
     [](const Context& c) -> Json {
       return {{"axis", c.axis()}};
     }},
    {"Dropout",
     [](const Context& c) -> Json {
       return {{"rate", c.random.number(0, 0.8)}};
     }},
    {"SpatialDropout1D",
     [](const Context&) -> Json {
       return {{"rate", 0.5}};
     },
     1, 3},
    {"SpatialDropout2D",
     [](const Context&) -> Json {
       return {{"rate", 0.5}};
     },
     1, 4},
    {"GaussianNoise",
     [](const Context& c) -> Json {
       return {{"stddev", c.random.number(0, 1)}};
     }},
    {"GaussianDropout",
     [](const Context& c) -> Json {
       return {{"rate", c.random.number(0, 0.5)}};
     }},
    {"AlphaDropout",
     [](const Context& c) -> Json {
       return {{"rate", c.random.number(0, 0.5)}};
     }},
    {"ReLU", relu},
    {"LeakyReLU", nothing},
    {"PReLU",
     [](const Context&) -> Json {
       return {{"alpha_initializer", "Ones"}};
     }},
    {"ELU",
     [](const Context& c) -> Json {
       return {{"alpha", c.random.number(0.5, 2)}};
     }},
    {"Softmax",
     [](const Context& c) -> Json {
       return {{"axis", c.axis()}};
     }},
    {"Rescaling",
     [](const Context& c) -> Json {
       return {{"scale", c.random.number(0.5, 2)}, {"offset", c.random.number(-1, 1)}};
     }},
    {"Normalization",
     [](const Context& c) -> Json {
       return {{"axis", c.axis()}};
     }},
    {"Flatten", nothing},
    {"Identity", nothing},
    {"Reshape", new_shape},
    {"Permute", permutation},
    {"RepeatVector",
     [](const Context& c) -> Json {
       return {{"n", c.small()}};
     },
     1, 2},
    {"ZeroPadding1D", [](const Context& c) { return borders(c, "padding"); }, 1, 3},
    {"ZeroPadding2D", [](const Context& c) { return borders(c, "padding"); }, 1, 4},
    {"Cropping1D",
     [](const Context& c) -> Json {
       return {{"cropping", c.border()}};
     },
     1, 3},
    {"Cropping2D", [](const Context& c) { return borders(c, "cropping"); }, 1, 4},
    {"UpSampling1D",
     [](const Context& c) -> Json {
       return {{"size", c.small()}};
     },
     1, 3},
    {"UpSampling2D",
     [](const Context& c) -> Json {
       return {{"size", {c.small(), c.random.integer(1, 2)}},
               {"interpolation", c.flag() ? "nearest" : "bilinear"}};
     },
     1, 4},
    {"Resizing",
     [](const Context& c) -> Json {
       constexpr const char* kInterpolations[] = {"nearest", "bilinear", "bicubic", "lanczos3"};
       return {{"height", c.small()},
               {"width", c.small()},
               {"interpolation", c.random.pick(kInterpolations)},
               {"antialias", c.flag()},
               {"crop_to_aspect_ratio", c.flag()}};
     },
     1, 4},
    {"CenterCrop",
     [](const Context& c) -> Json {
       return {{"height", c.small()}, {"width", c.small()}};
     },
     1, 4},
    {"RandomFlip", nothing, 1, 4},
    {"RandomContrast",
     [](const Context&) -> Json {
       return {{"factor", {0.2, 0.5}}};
     },
     1, 4},
    {"RandomRotation",
     [](const Context& c) -> Json {
       return {{"factor", 0.2}, {"fill_mode", c.flag() ? "reflect" : "constant"}};
     },
     1, 4},
    {"RandomZoom",
     [](const Context& c) -> Json {
       return {{"height_factor", 0.3}, {"fill_mode", c.flag() ? "wrap" : "nearest"}};
     },
     1, 4},
    {"AdaptiveAveragePooling2D",
     [](const Context& c) -> Json {
       return {{"output_size", {c.small(), c.small()}}};
     },
     1, 4},
    {"AdaptiveMaxPooling1D",
     [](const Context& c) -> Json {
       return {{"output_size", c.small()}};
     },
     1, 3},
    {"EinsumDense",
     [](const Context& c) -> Json {
       return {{"equation", "...x,xy->...y"}, {"output_shape", {c.small()}}, {"bias_axes", "y"}};
     }},
    {"ActivityRegularization",
     [](const Context&) -> Json {
       return {{"l1", 0.01}, {"l2", 0.01}};
     }},
    {"StochasticDepth",
     [](const Context&) -> Json {
       return {{"drop_path_rate", 0.3}};
     }},
    {"Discretization",
     [](const Context&) -> Json {
       return {{"bin_boundaries", {-0.5, 0.0, 1.0}}, {"output_mode", "one_hot"}};
     }},
    {"Conv1D", [](const Context& c) { return convolution(c, 1); }, 1, 3},
    {"Conv2D", [](const Context& c) { return convolution(c, 2); }, 1, 4},
    {"MaxPooling1D", [](const Context& c) { return pooling(c, 1); }, 1, 3},
    {"MaxPooling2D", [](const Context& c) { return pooling(c, 2); }, 1, 4},
    {"AveragePooling1D", [](const Context& c) { return pooling(c, 1); }, 1, 3},
    {"AveragePooling2D", [](const Context& c) { return pooling(c, 2); }, 1, 4},
    {"GlobalAveragePooling1D", nothing, 1, 3},
    {"GlobalAveragePooling2D", nothing, 1, 4},
    {"GlobalMaxPooling1D", nothing, 1, 3},
    {"GlobalMaxPooling2D", nothing, 1, 4},
    {"SimpleRNN", recurrent, 1, 3},
    {"LSTM", recurrent, 1, 3},
    {"GRU", recurrent, 1, 3},
    {"Attention",
     [](const Context& c) -> Json {
       return {{"use_scale", c.flag()}, {"score_mode", c.flag() ? "dot" : "concat"}};
     },
     2, 3},
    {"AdditiveAttention", nothing, 2, 3},
    {"MultiHeadAttention",
     [](const Context& c) -> Json {
       return {{"num_heads", c.random.integer(1, 2)},
               {"key_dim", c.small()},
               {"use_bias", c.flag()},
               {"dropout", c.flag() ? 0.0 : 0.3}};
     },
     2},
    {"Add", nothing, 2},
    {"Subtract", nothing, 2},
    {"Multiply", nothing, 2},
    {"Average", nothing, 3},
    {"Maximum", nothing, 2},
    {"Minimum", nothing, 2},
    {"Concatenate",
     [](const Context& c) -> Json {
       return {{"axis", c.axis()}};
     },
     2},
    {"Dot",
     [](const Context&) -> Json {
       return {{"axes", -1}};
     },
     2},
};

}  // namespace

std::string random_activation(Random& random) {
  constexpr const char* kNames[] = {"linear", "relu",     "leaky_relu",  "elu",     "selu",
                                    "gelu",   "silu",     "sigmoid",     "softmax", "log_softmax",
                                    "tanh",   "softplus", "softsign",    "mish",    "hard_silu",
                                    "relu6",  "celu",     "log_sigmoid", "linear",  "sparsemax"};
  return random.pick(kNames);
}

LayerChoice random_layer(Random& random, const ir::Shape& shape) {
  const Context context{random, shape};
  while (true) {
    const LayerMaker maker = random.pick(kMakers);
    if (maker.rank == 0 || maker.rank == context.rank())
      return {maker.class_name, maker.config(context), maker.inputs};
  }
}

}  // namespace kiln::tests
