#include "frontend/keras/model/built_in_models.h"

#include <fmt/format.h>

#include "frontend/keras/layers/layers.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

/// Digits of 28 × 28 pixels, as 784 numbers in [0, 1], into ten classes.
Model mnist_mlp() {
  Sequential model({Input({784}), Dense(128, "relu"), Dense(64, "relu"), Dense(10, "softmax")},
                   "mnist_mlp");
  model.compile({.optimizer = Adam(1e-3),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

/// Reviews of 200 word numbers into good and bad ones.
Model imdb_lstm() {
  Sequential model({Input({200}, "int32"), Embedding(10000, 128), LSTM(64), Dense(1, "sigmoid")},
                   "imdb_lstm");
  model.compile({.optimizer = Adam(1e-3), .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  return model;
}

/// Digits of 28 × 28 pixels in [0, 1], as images of one channel, into ten classes.
Model mnist_cnn() {
  Sequential model({Input({28, 28, 1}), Conv2D(32, {3, 3}, "relu"), MaxPooling2D({2, 2}),
                    Conv2D(64, {3, 3}, "relu"), MaxPooling2D({2, 2}), Flatten(), Dense(64, "relu"),
                    Dense(10, "softmax")},
                   "mnist_cnn");
  model.compile({.optimizer = Adam(1e-3),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

struct Example {
  std::string_view name;
  Model (*make)();
};

constexpr Example kExamples[] = {
    {"mnist_mlp", mnist_mlp},
    {"imdb_lstm", imdb_lstm},
    {"mnist_cnn", mnist_cnn},
};

}  // namespace

std::vector<std::string_view> example_names() {
  std::vector<std::string_view> names;
  for (const Example& example : kExamples) names.push_back(example.name);
  return names;
}

Expected<Model> example(std::string_view name) {
  for (const Example& example : kExamples) {
    if (example.name == name) return example.make();
  }
  const std::vector<std::string_view> names = example_names();
  return Diagnostic{"", fmt::format("no example model is called \"{}\"", name),
                    ir::did_you_mean(name, names)};
}

}  // namespace kiln::keras
