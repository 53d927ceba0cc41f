// One random application of each op, kept within safe ranges: the parts of random_module.
#pragma once

#include <functional>
#include <random>
#include <span>
#include <string_view>

#include "ir/builder.h"
#include "tests/random_module.h"

namespace kiln::tests {

/// Draws that are the same everywhere (the standard distributions are not).
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  /// Uniform in [0, count).
  int64_t below(int64_t count) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(count));
  }
  int64_t between(int64_t first, int64_t last) { return first + below(last - first + 1); }
  bool chance(int percent) { return below(100) < percent; }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(below(static_cast<int64_t>(from.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

ir::Literal random_literal(const ir::Type& type, Random& random);

/// The values of a region so far, and where others come from.
class Pool {
 public:
  /// `fresh` makes a value of a type where the region has none, e.g. an argument; empty: constants
  /// only.
  Pool(ir::Builder& builder, Random& random, const RandomModuleOptions& options,
       std::function<ir::Value*(const ir::Type&)> fresh)
      : builder_(builder), random_(random), options_(options), fresh_(std::move(fresh)) {}

  ir::Builder& builder() { return builder_; }
  Random& random() { return random_; }
  const std::vector<ir::Tensor>& values() const { return values_; }
  void add(ir::Tensor value) { values_.push_back(value); }

  ir::Tensor any_float();
  /// Float or integer.
  ir::Tensor number();
  /// Integer or i1.
  ir::Tensor bits();
  ir::Tensor anything();
  /// Of that type; another one than x where `like(x)` finds one.
  ir::Tensor of_type(const ir::Type& type);
  ir::Tensor like(ir::Tensor x) { return of_type(x.type()); }
  ir::Type random_type(ir::ElementType element);
  ir::ElementType float_element() { return random_.pick(options_.floats); }
  ir::ElementType number_element();
  bool integers_allowed() const;

 private:
  ir::Tensor any(bool floats, bool integers, bool booleans);

  ir::Builder& builder_;
  Random& random_;
  const RandomModuleOptions& options_;
  std::function<ir::Value*(const ir::Type&)> fresh_;
  std::vector<ir::Tensor> values_;
};

/// How to apply an op at random.
struct RandomOp {
  std::string_view name;
  Smoothness smoothness;
  /// Appends the op, and others that keep its operands and result in range; the value to go on
  /// with, or none where the pool's values do not fit.
  ir::Tensor (*apply)(Pool& pool);
};

/// One entry for every op but fusion and gradient.
std::span<const RandomOp> random_ops();

/// Results larger than this are not made.
inline constexpr int64_t kLargestRandomTensor = 512;

}  // namespace kiln::tests
