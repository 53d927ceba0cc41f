// Random layers, as Keras's files describe them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "frontend/keras/json/json.h"
#include "ir/type.h"

namespace kiln::tests {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  /// In [low, high].
  int64_t integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  bool chance(double probability) { return number(0, 1) < probability; }
  /// In [low, high), with few digits.
  double number(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() % 1000) / 1000;
  }
  template <typename Range>
  auto pick(const Range& choices) {
    return *(std::begin(choices) + integer(0, static_cast<int64_t>(std::size(choices)) - 1));
  }

 private:
  std::mt19937_64 engine_;
};

/// A layer that may or may not take the value that it is made for: its build() says so.
struct LayerChoice {
  std::string class_name;
  keras::Json config;  ///< without a name
  int inputs = 1;      ///< how often it takes the value, or values of its shape
};

/// Any class of layer with random options, for an input of that shape (batch included).
LayerChoice random_layer(Random& random, const ir::Shape& shape);

/// The name of an activation function.
std::string random_activation(Random& random);

}  // namespace kiln::tests
