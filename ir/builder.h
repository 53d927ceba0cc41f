// Builds ops: checked, located, with shapes that broadcast as NumPy's do, so that a layer or a
// gradient rule reads like its formula.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "ir/module.h"
#include "ir/ops/convolution.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/window_reduction.h"

namespace kiln::ir {

class Builder;

/// A value with the builder that goes on from it; copies freely. Operators on two tensors broadcast
/// (trailing dimensions aligned, extents of 1 stretched); numbers become constants of the other's
/// type.
struct Tensor {
  Value* value = nullptr;
  Builder* builder = nullptr;

  explicit operator bool() const { return value != nullptr; }
  const Type& type() const { return value->type(); }
  const Shape& shape() const { return value->type().shape; }
  int64_t rank() const { return value->type().rank(); }
};

/// Appends ops to the end of a region. Arguments that do not fit are a bug in the caller: they
/// abort with the op's location; what a user can get wrong is checked before.
class Builder {
 public:
  explicit Builder(Region& region, Location location = "")
      : region_(&region), location_(std::move(location)) {}
  Builder(const Builder&) = delete;

  Region& region() const { return *region_; }
  /// The location of the ops that follow.
  const Location& location() const { return location_; }
  void set_location(Location location) { location_ = std::move(location); }

  /// Any op by name; `declared` where its operands do not determine its types.
  Op* create(std::string_view name, const std::vector<Value*>& operands, Attributes attributes = {},
             const std::vector<Type>& declared = {});

  Tensor wrap(Value* value) { return {value, this}; }
  Tensor constant(Literal value);
  /// Every element is `value`.
  Tensor constant(double value, Type type);
  Tensor scalar(double value, ElementType element = ElementType::f32) {
    return constant(value, {element, {}});
  }
  Tensor iota(Type type, int64_t dimension);

 private:
  Region* region_;
  Location location_;
};

/// Sets a builder's location to a path below the current one while it lives.
class LocationScope {
 public:
  LocationScope(Builder& builder, std::string_view name);
  ~LocationScope() { builder_.set_location(std::move(saved_)); }
  LocationScope(const LocationScope&) = delete;

 private:
  Builder& builder_;
  Location saved_;
};

// ---- elementwise
Tensor operator+(Tensor a, Tensor b);
Tensor operator-(Tensor a, Tensor b);
Tensor operator*(Tensor a, Tensor b);
Tensor operator/(Tensor a, Tensor b);
Tensor operator+(Tensor a, double b);
Tensor operator-(Tensor a, double b);
Tensor operator*(Tensor a, double b);
Tensor operator/(Tensor a, double b);
Tensor operator+(double a, Tensor b);
Tensor operator-(double a, Tensor b);
Tensor operator*(double a, Tensor b);
Tensor operator/(double a, Tensor b);
Tensor operator-(Tensor x);
Tensor maximum(Tensor a, Tensor b);
Tensor minimum(Tensor a, Tensor b);
Tensor maximum(Tensor a, double b);
Tensor minimum(Tensor a, double b);
Tensor remainder(Tensor a, Tensor b);
Tensor power(Tensor base, Tensor exponent);
Tensor power(Tensor base, double exponent);
Tensor power(double base, Tensor exponent);
Tensor abs(Tensor x);
Tensor sign(Tensor x);
Tensor exp(Tensor x);
Tensor expm1(Tensor x);
Tensor log(Tensor x);
Tensor log1p(Tensor x);
Tensor sqrt(Tensor x);
Tensor rsqrt(Tensor x);
Tensor cbrt(Tensor x);
Tensor tanh(Tensor x);
Tensor logistic(Tensor x);
Tensor erf(Tensor x);
Tensor sine(Tensor x);
Tensor cosine(Tensor x);
Tensor tan(Tensor x);
Tensor floor(Tensor x);
/// x itself; for derivatives, a constant.
Tensor stop_gradient(Tensor x);
Tensor ceil(Tensor x);
Tensor round_nearest_even(Tensor x);
Tensor is_finite(Tensor x);
Tensor square(Tensor x);  ///< x * x
// Of integers, bit by bit.
Tensor logical_and(Tensor a, Tensor b);
Tensor logical_or(Tensor a, Tensor b);
Tensor logical_xor(Tensor a, Tensor b);
Tensor logical_not(Tensor x);
/// direction: EQ, NE, LT, LE, GT, GE; the result is i1.
Tensor compare(Tensor a, std::string_view direction, Tensor b);
Tensor compare(Tensor a, std::string_view direction, double b);
/// Broadcasts the three to one shape.
Tensor select(Tensor predicate, Tensor on_true, Tensor on_false);
Tensor select(Tensor predicate, Tensor on_true, double on_false);
Tensor convert(Tensor x, ElementType element);

// ---- movement
/// dims[d]: the result dimension of x's dimension d.
Tensor broadcast_in_dim(Tensor x, Shape shape, Integers dims);
/// NumPy's broadcast_to: trailing dimensions aligned.
Tensor broadcast_to(Tensor x, const Shape& shape);
Tensor reshape(Tensor x, Shape shape);
Tensor transpose(Tensor x, Integers permutation);
Tensor slice(Tensor x, Integers starts, Integers limits, Integers strides = {});
Tensor reverse(Tensor x, Integers dimensions);
Tensor concatenate(const std::vector<Tensor>& pieces, int64_t dimension);
Tensor pad(Tensor x, double value, Integers low, Integers high, Integers interior = {});

// ---- reduction and contraction
/// reducer: add, multiply, maximum, minimum, and, or. keep_dims leaves reduced dimensions as 1.
Tensor reduce(Tensor x, std::string_view reducer, Integers dimensions, bool keep_dims = false);
Tensor sum(Tensor x, Integers dimensions, bool keep_dims = false);
Tensor sum(Tensor x);  ///< over all dimensions: a scalar
Tensor mean(Tensor x, Integers dimensions, bool keep_dims = false);
/// Index of the first largest element along a dimension, i32; the dimension disappears.
Tensor argmax(Tensor x, int64_t dimension);

Tensor dot_general(Tensor a, Tensor b, const DotGeneral& dimensions);
/// Sums over a's last and b's first dimension.
Tensor dot(Tensor a, Tensor b);

// ---- windows
Tensor convolution(Tensor input, Tensor kernel, const Convolution& convolution);
/// reducer: add, maximum, minimum; padding and gaps count for nothing.
Tensor reduce_window(Tensor x, std::string_view reducer, const Window& window);
/// Adds source's elements where the window at their position has its first largest (direction GE)
/// or smallest (LE) element of x, in a tensor of zeros like x. No base dilations.
Tensor select_and_scatter(Tensor x, Tensor source, std::string_view direction,
                          const Window& window);

// ---- differentiation
/// The derivatives of a scalar with respect to values that it was computed from, as one `gradient`
/// op.
std::vector<Tensor> gradient(Tensor scalar, const std::vector<Tensor>& with_respect_to);

// ---- random
struct RandomBits {
  Tensor state;  ///< for the next draw
  Tensor bits;   ///< i32
};
RandomBits rng_bit_generator(Tensor state, Shape shape);
/// Uniform floats in [low, high) from bits.
Tensor uniform(Tensor bits, double low, double high);

}  // namespace kiln::ir
