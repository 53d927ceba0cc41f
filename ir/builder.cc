#include "ir/builder.h"

#include <algorithm>
#include <numeric>

#include "ir/ops/definition.h"

namespace kiln::ir {

Op* Builder::create(std::string_view name, const std::vector<Value*>& operands,
                    Attributes attributes, const std::vector<Type>& declared) {
  const OpDefinition* definition = find_op(name);
  KILN_CHECK(definition != nullptr, "no op named {}", name);
  auto op = std::make_unique<Op>(*definition, operands, std::move(attributes), location_);
  auto types = check_op(*op, declared);
  KILN_CHECK(static_cast<bool>(types), "{}", types.error().to_string());
  for (Type& type : *types) op->add_result(std::move(type));
  return region_->append(std::move(op));
}

Tensor Builder::constant(Literal value) {
  return wrap(create("constant", {}, {{"value", std::move(value)}})->result());
}

Tensor Builder::constant(double value, Type type) {
  return constant(Literal::splat(std::move(type), value));
}

Tensor Builder::iota(Type type, int64_t dimension) {
  return wrap(create("iota", {}, {{"dimension", dimension}}, {std::move(type)})->result());
}

LocationScope::LocationScope(Builder& builder, std::string_view name)
    : builder_(builder), saved_(builder.location()) {
  builder.set_location(saved_.empty() ? std::string(name) : fmt::format("{}/{}", saved_, name));
}

namespace {

/// NumPy's common shape of two.
Shape common_shape(const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()));
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    KILN_CHECK(x == y || x == 1 || y == 1, "shapes [{}] and [{}] do not broadcast",
               fmt::join(a, ", "), fmt::join(b, ", "));
    shape[shape.size() - 1 - i] = x == 1 ? y : x;
  }
  return shape;
}

Tensor unary(std::string_view name, Tensor x) {
  return x.builder->wrap(x.builder->create(name, {x.value})->result());
}

Tensor binary(std::string_view name, Tensor a, Tensor b, Attributes attributes = {}) {
  const Shape shape = common_shape(a.shape(), b.shape());
  a = broadcast_to(a, shape);
  b = broadcast_to(b, shape);
  return a.builder->wrap(
      a.builder->create(name, {a.value, b.value}, std::move(attributes))->result());
}

Tensor like(double value, Tensor other) { return other.builder->constant(value, other.type()); }

Integers ones(size_t count, int64_t value) { return Integers(count, value); }

}  // namespace

Tensor operator+(Tensor a, Tensor b) { return binary("add", a, b); }
Tensor operator-(Tensor a, Tensor b) { return binary("subtract", a, b); }
Tensor operator*(Tensor a, Tensor b) { return binary("multiply", a, b); }
Tensor operator/(Tensor a, Tensor b) { return binary("divide", a, b); }
Tensor operator+(Tensor a, double b) { return a + like(b, a); }
Tensor operator-(Tensor a, double b) { return a - like(b, a); }
Tensor operator*(Tensor a, double b) { return a * like(b, a); }
Tensor operator/(Tensor a, double b) { return a / like(b, a); }
Tensor operator+(double a, Tensor b) { return like(a, b) + b; }
Tensor operator-(double a, Tensor b) { return like(a, b) - b; }
Tensor operator*(double a, Tensor b) { return like(a, b) * b; }
Tensor operator/(double a, Tensor b) { return like(a, b) / b; }
Tensor operator-(Tensor x) { return unary("negate", x); }
Tensor maximum(Tensor a, Tensor b) { return binary("maximum", a, b); }
Tensor minimum(Tensor a, Tensor b) { return binary("minimum", a, b); }
Tensor maximum(Tensor a, double b) { return maximum(a, like(b, a)); }
Tensor minimum(Tensor a, double b) { return minimum(a, like(b, a)); }
Tensor remainder(Tensor a, Tensor b) { return binary("remainder", a, b); }
Tensor power(Tensor base, Tensor exponent) { return binary("power", base, exponent); }
Tensor power(Tensor base, double exponent) { return power(base, like(exponent, base)); }
Tensor power(double base, Tensor exponent) { return power(like(base, exponent), exponent); }
Tensor abs(Tensor x) { return unary("abs", x); }
Tensor sign(Tensor x) { return unary("sign", x); }
Tensor exp(Tensor x) { return unary("exponential", x); }
Tensor expm1(Tensor x) { return unary("exponential_minus_one", x); }
Tensor log(Tensor x) { return unary("log", x); }
Tensor log1p(Tensor x) { return unary("log_plus_one", x); }
Tensor sqrt(Tensor x) { return unary("sqrt", x); }
Tensor rsqrt(Tensor x) { return unary("rsqrt", x); }
Tensor cbrt(Tensor x) { return unary("cbrt", x); }
Tensor tanh(Tensor x) { return unary("tanh", x); }
Tensor logistic(Tensor x) { return unary("logistic", x); }
Tensor erf(Tensor x) { return unary("erf", x); }
Tensor sine(Tensor x) { return unary("sine", x); }
Tensor cosine(Tensor x) { return unary("cosine", x); }
Tensor tan(Tensor x) { return unary("tan", x); }
Tensor floor(Tensor x) { return unary("floor", x); }
Tensor stop_gradient(Tensor x) { return unary("stop_gradient", x); }
Tensor ceil(Tensor x) { return unary("ceil", x); }
Tensor round_nearest_even(Tensor x) { return unary("round_nearest_even", x); }
Tensor is_finite(Tensor x) { return unary("is_finite", x); }
Tensor square(Tensor x) { return x * x; }
Tensor logical_and(Tensor a, Tensor b) { return binary("and", a, b); }
Tensor logical_or(Tensor a, Tensor b) { return binary("or", a, b); }
Tensor logical_xor(Tensor a, Tensor b) { return binary("xor", a, b); }
Tensor logical_not(Tensor x) { return unary("not", x); }

Tensor compare(Tensor a, std::string_view direction, Tensor b) {
  return binary("compare", a, b, {{"direction", std::string(direction)}});
}
Tensor compare(Tensor a, std::string_view direction, double b) {
  return compare(a, direction, like(b, a));
}

Tensor select(Tensor predicate, Tensor on_true, Tensor on_false) {
  const Shape shape =
      common_shape(predicate.shape(), common_shape(on_true.shape(), on_false.shape()));
  predicate = broadcast_to(predicate, shape);
  on_true = broadcast_to(on_true, shape);
  on_false = broadcast_to(on_false, shape);
  Builder& builder = *predicate.builder;
  return builder.wrap(
      builder.create("select", {predicate.value, on_true.value, on_false.value})->result());
}
Tensor select(Tensor predicate, Tensor on_true, double on_false) {
  return select(predicate, on_true, like(on_false, on_true));
}

Tensor convert(Tensor x, ElementType element) {
  if (x.type().element == element) return x;
  return x.builder->wrap(
      x.builder->create("convert", {x.value}, {}, {x.type().with_element(element)})->result());
}

Tensor broadcast_in_dim(Tensor x, Shape shape, Integers dims) {
  return x.builder->wrap(x.builder
                             ->create("broadcast_in_dim", {x.value},
                                      {{"broadcast_dimensions", std::move(dims)}},
                                      {x.type().with_shape(std::move(shape))})
                             ->result());
}

Tensor broadcast_to(Tensor x, const Shape& shape) {
  if (x.shape() == shape) return x;
  Integers dims(x.shape().size());
  std::iota(dims.begin(), dims.end(), static_cast<int64_t>(shape.size() - dims.size()));
  return broadcast_in_dim(x, shape, std::move(dims));
}

Tensor reshape(Tensor x, Shape shape) {
  if (x.shape() == shape) return x;
  return x.builder->wrap(
      x.builder->create("reshape", {x.value}, {}, {x.type().with_shape(std::move(shape))})
          ->result());
}

Tensor transpose(Tensor x, Integers permutation) {
  return x.builder->wrap(
      x.builder->create("transpose", {x.value}, {{"permutation", std::move(permutation)}})
          ->result());
}

Tensor slice(Tensor x, Integers starts, Integers limits, Integers strides) {
  if (strides.empty()) strides = ones(starts.size(), 1);
  return x.builder->wrap(x.builder
                             ->create("slice", {x.value},
                                      {{"start_indices", std::move(starts)},
                                       {"limit_indices", std::move(limits)},
                                       {"strides", std::move(strides)}})
                             ->result());
}

Tensor reverse(Tensor x, Integers dimensions) {
  return x.builder->wrap(
      x.builder->create("reverse", {x.value}, {{"dimensions", std::move(dimensions)}})->result());
}

Tensor concatenate(const std::vector<Tensor>& pieces, int64_t dimension) {
  std::vector<Value*> values;
  for (const Tensor& piece : pieces) values.push_back(piece.value);
  Builder& builder = *pieces.front().builder;
  return builder.wrap(builder.create("concatenate", values, {{"dimension", dimension}})->result());
}

Tensor pad(Tensor x, double value, Integers low, Integers high, Integers interior) {
  if (interior.empty()) interior = ones(low.size(), 0);
  Tensor filling = x.builder->constant(value, {x.type().element, {}});
  return x.builder->wrap(x.builder
                             ->create("pad", {x.value, filling.value},
                                      {{"edge_padding_low", std::move(low)},
                                       {"edge_padding_high", std::move(high)},
                                       {"interior_padding", std::move(interior)}})
                             ->result());
}

Tensor reduce(Tensor x, std::string_view reducer, Integers dimensions, bool keep_dims) {
  Shape kept = x.shape();
  for (int64_t d : dimensions) kept.at(static_cast<size_t>(d)) = 1;
  Tensor result = x.builder->wrap(
      x.builder
          ->create("reduce", {x.value},
                   {{"reducer", std::string(reducer)}, {"dimensions", std::move(dimensions)}})
          ->result());
  return keep_dims ? reshape(result, kept) : result;
}

Tensor sum(Tensor x, Integers dimensions, bool keep_dims) {
  return reduce(x, "add", std::move(dimensions), keep_dims);
}

Tensor sum(Tensor x) {
  Integers all(static_cast<size_t>(x.rank()));
  std::iota(all.begin(), all.end(), 0);
  return all.empty() ? x : sum(x, std::move(all));
}

Tensor mean(Tensor x, Integers dimensions, bool keep_dims) {
  int64_t count = 1;
  for (int64_t d : dimensions) count *= x.shape().at(static_cast<size_t>(d));
  return sum(x, std::move(dimensions), keep_dims) * (1.0 / static_cast<double>(count));
}

Tensor argmax(Tensor x, int64_t dimension) {
  const Type index_type = x.type().with_element(ElementType::i32);
  const Tensor largest = reduce(x, "maximum", {dimension}, true);
  const Tensor index = x.builder->iota(index_type, dimension);
  const Tensor beyond = x.builder->constant(
      static_cast<double>(x.shape().at(static_cast<size_t>(dimension))), index_type);
  return reduce(select(compare(x, "EQ", broadcast_to(largest, x.shape())), index, beyond),
                "minimum", {dimension});
}

Tensor dot_general(Tensor a, Tensor b, const DotGeneral& dimensions) {
  return a.builder->wrap(
      a.builder->create("dot_general", {a.value, b.value}, dimensions.attributes())->result());
}

Tensor dot(Tensor a, Tensor b) { return dot_general(a, b, {{}, {}, {a.rank() - 1}, {0}}); }

Tensor convolution(Tensor input, Tensor kernel, const Convolution& convolution) {
  return input.builder->wrap(
      input.builder->create("convolution", {input.value, kernel.value}, convolution.attributes())
          ->result());
}

namespace {

Integers or_all(const Integers& list, const Tensor& x, int64_t value) {
  return list.empty() ? ones(x.shape().size(), value) : list;
}

Attributes window_attributes(const Tensor& x, const Window& window) {
  return {{"window_dimensions", or_all(window.dimensions, x, 1)},
          {"window_strides", or_all(window.strides, x, 1)},
          {"padding_low", or_all(window.padding_low, x, 0)},
          {"padding_high", or_all(window.padding_high, x, 0)}};
}

}  // namespace

Tensor reduce_window(Tensor x, std::string_view reducer, const Window& window) {
  Attributes attributes = window_attributes(x, window);
  attributes["base_dilations"] = or_all(window.base_dilations, x, 1);
  attributes["reducer"] = std::string(reducer);
  return x.builder->wrap(
      x.builder->create("reduce_window", {x.value}, std::move(attributes))->result());
}

Tensor select_and_scatter(Tensor x, Tensor source, std::string_view direction,
                          const Window& window) {
  Attributes attributes = window_attributes(x, window);
  attributes["direction"] = std::string(direction);
  return x.builder->wrap(
      x.builder->create("select_and_scatter", {x.value, source.value}, std::move(attributes))
          ->result());
}

std::vector<Tensor> gradient(Tensor scalar, const std::vector<Tensor>& with_respect_to) {
  std::vector<Value*> operands = {scalar.value};
  for (const Tensor& tensor : with_respect_to) operands.push_back(tensor.value);
  Op* op = scalar.builder->create("gradient", operands);
  std::vector<Tensor> results;
  for (size_t i = 0; i < op->result_count(); ++i)
    results.push_back(scalar.builder->wrap(op->result(i)));
  return results;
}

RandomBits rng_bit_generator(Tensor state, Shape shape) {
  Op* op = state.builder->create("rng_bit_generator", {state.value}, {},
                                 {state.type(), {ElementType::i32, std::move(shape)}});
  return {state.builder->wrap(op->result(0)), state.builder->wrap(op->result(1))};
}

Tensor uniform(Tensor bits, double low, double high) {
  // The top 23 bits as a fraction: exact in f32, so that every machine draws the same numbers.
  const Tensor positive = convert(bits, ElementType::f32) * 0x1p-32 + 0.5;
  const Tensor fraction = floor(positive * 0x1p23) * 0x1p-23;
  return minimum(fraction, 1 - 0x1p-23) * (high - low) + low;
}

}  // namespace kiln::ir
