#include "tests/random_ops.h"

#include <algorithm>
#include <numeric>

#include "ir/indexing.h"
#include "ir/scan.h"

namespace kiln::tests {
namespace {

using ir::ElementType;
using ir::Integers;
using ir::Shape;
using ir::Tensor;

// Every float value in a pool is within [-2, 2]; what an op needs or gives beyond is scaled.

bool floating(Tensor x) { return ir::is_float(x.type().element); }
Tensor half(Tensor x) { return floating(x) ? x * 0.5 : x; }
/// Within [0.6, 1.4].
Tensor positive(Tensor x) { return ir::logistic(x) + 0.5; }

template <auto F>
Tensor unary(Pool& pool) {
  return F(pool.any_float());
}

Tensor divide(Pool& pool) {
  const Tensor a = pool.number();
  const Tensor b = pool.like(a);
  return floating(a) ? a / positive(b) * 0.5 : a / b;
}

Tensor remainder(Pool& pool) {
  const Tensor a = pool.number();
  const Tensor b = pool.like(a);
  return ir::remainder(a, floating(a) ? positive(b) : b);
}

Tensor power(Pool& pool) {
  const Tensor a = pool.number();
  const Tensor b = pool.like(a);
  return floating(a) ? ir::power(positive(a), b) * 0.5 : ir::power(a, b);
}

Tensor bitwise(Pool& pool, std::string_view name) {
  const Tensor a = pool.bits();
  return pool.builder().wrap(pool.builder().create(name, {a.value, pool.like(a).value})->result());
}

Tensor compare(Pool& pool) {
  static const std::vector<std::string> kDirections = {"EQ", "NE", "LT", "LE", "GT", "GE"};
  const Tensor a = pool.anything();
  return ir::compare(a, pool.random().pick(kDirections), pool.like(a));
}

Tensor select(Pool& pool) {
  const Tensor a = pool.anything();
  const Tensor predicate = pool.of_type(a.type().with_element(ElementType::i1));
  return ir::select(predicate, a, pool.like(a));
}

/// Between floats.
Tensor convert(Pool& pool) { return ir::convert(pool.any_float(), pool.float_element()); }

/// Between all types; integers become floats only where those are small.
Tensor convert_any(Pool& pool) {
  const Tensor x = pool.anything();
  const ElementType to = pool.number_element();
  if (ir::is_float(to) && !floating(x)) {
    if (x.type().element == ElementType::i1) return ir::convert(x, to);
    return ir::tanh(ir::convert(ir::convert(x, ElementType::i8), to));
  }
  return ir::convert(x, to);
}

Tensor constant(Pool& pool) {
  return pool.builder().constant(
      random_literal(pool.random_type(pool.number_element()), pool.random()));
}

Tensor iota(Pool& pool) {
  const ir::Type type = pool.random_type(pool.number_element());
  if (type.rank() == 0) return {};
  const Tensor x = pool.builder().iota(type, pool.random().below(type.rank()));
  return floating(x) ? x * 0.125 : x;
}

Tensor broadcast_in_dim(Pool& pool) {
  const Tensor x = pool.anything();
  Shape shape = x.shape();
  Integers dims(shape.size());
  std::iota(dims.begin(), dims.end(), 0);
  for (int64_t& extent : shape) {
    if (extent == 1) extent = pool.random().between(1, 3);
  }
  const int64_t at = pool.random().between(0, x.rank());
  shape.insert(shape.begin() + at, pool.random().between(1, 3));
  for (int64_t& d : dims) d += d >= at;
  if (ir::element_count(shape) > kLargestRandomTensor || shape.size() > 5) return {};
  return ir::broadcast_in_dim(x, shape, dims);
}

Tensor reshape(Pool& pool) {
  const Tensor x = pool.anything();
  const int64_t count = x.type().count();
  const int64_t factor = pool.random().between(1, 4);
  Shape shape = {count};
  if (count % factor == 0) shape = {factor, count / factor};
  if (pool.random().chance(20)) shape.push_back(1);
  return ir::reshape(x, shape);
}

Tensor transpose(Pool& pool) {
  const Tensor x = pool.anything();
  Integers permutation(x.shape().size());
  std::iota(permutation.begin(), permutation.end(), 0);
  for (size_t i = permutation.size(); i > 1; --i) {
    std::swap(permutation[i - 1],
              permutation[static_cast<size_t>(pool.random().below(static_cast<int64_t>(i)))]);
  }
  return ir::transpose(x, permutation);
}

Tensor slice(Pool& pool) {
  const Tensor x = pool.anything();
  Integers starts, limits, strides;
  for (int64_t extent : x.shape()) {
    starts.push_back(extent > 1 ? pool.random().below(extent) : 0);
    limits.push_back(pool.random().between(std::min(starts.back() + 1, extent), extent));
    strides.push_back(pool.random().between(1, 2));
  }
  return ir::slice(x, starts, limits, strides);
}

/// A random subset of a tensor's dimensions.
Integers some_dimensions(Pool& pool, Tensor x) {
  Integers dims;
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (pool.random().chance(50)) dims.push_back(d);
  }
  return dims;
}

Tensor reverse(Pool& pool) {
  const Tensor x = pool.anything();
  return ir::reverse(x, some_dimensions(pool, x));
}

Tensor concatenate(Pool& pool) {
  const Tensor x = pool.anything();
  if (x.rank() == 0 || x.type().count() * 3 > kLargestRandomTensor) return {};
  std::vector<Tensor> pieces = {x};
  while (pieces.size() < 3 && pool.random().chance(70)) pieces.push_back(pool.like(x));
  return ir::concatenate(pieces, pool.random().below(x.rank()));
}

Tensor pad(Pool& pool) {
  const Tensor x = pool.anything();
  Integers low, high, interior;
  for (int64_t extent : x.shape()) {
    low.push_back(pool.random().between(extent > 2 ? -1 : 0, 2));
    high.push_back(pool.random().between(extent > 2 ? -1 : 0, 1));
    interior.push_back(pool.random().chance(30));
  }
  if (x.type().count() * (int64_t{1} << (2 * x.rank())) > 4 * kLargestRandomTensor) return {};
  const Tensor value = pool.of_type({x.type().element, {}});
  ir::Op* op = pool.builder().create(
      "pad", {x.value, value.value},
      {{"edge_padding_low", low}, {"edge_padding_high", high}, {"interior_padding", interior}});
  return op->result()->type().count() > kLargestRandomTensor ? Tensor{}
                                                             : pool.builder().wrap(op->result());
}

/// Integer indices of a shape, for one dimension: about the range of `extent`, where integers are
/// allowed any.
Tensor indices(Pool& pool, const Shape& shape, int64_t extent) {
  if (pool.integers_allowed() && pool.random().chance(50))
    return pool.of_type({ElementType::i32, shape});
  ir::Literal literal({ElementType::i32, shape});
  for (int64_t i = 0; i < literal.type().count(); ++i)
    literal.set_int(i, pool.random().between(-1, extent));
  return pool.builder().constant(std::move(literal));
}

/// Index vectors of one or two components into some dimensions of a tensor, and their numbers.
struct RandomIndices {
  Tensor indices;
  ir::GatherDimensions dimensions;
};

RandomIndices random_indices(Pool& pool, Tensor x) {
  const int64_t components = x.rank() > 1 && pool.random().chance(30) ? 2 : 1;
  Integers map = {pool.random().below(x.rank())};
  if (components == 2) map.push_back((map[0] + 1) % x.rank());
  Shape shape = {pool.random().between(1, 4)};
  if (pool.random().chance(30)) shape.push_back(pool.random().between(1, 3));
  const int64_t rows = static_cast<int64_t>(shape.size());
  ir::GatherDimensions dims{{}, map, map, rows};
  std::sort(dims.collapsed_slice.begin(), dims.collapsed_slice.end());
  if (components == 2 || pool.random().chance(30)) {
    dims.index_vector = pool.random().between(0, rows);
    shape.insert(shape.begin() + dims.index_vector, components);
  }
  const int64_t first = pool.random().between(0, rows);  // the row's dimensions, together
  for (int64_t d = 0; d < x.rank() - components; ++d) dims.offset.push_back(first + d);
  return {indices(pool, shape, x.shape()[static_cast<size_t>(map[0])]), dims};
}

Tensor gather(Pool& pool) {
  const Tensor x = pool.anything();
  if (x.rank() == 0 || x.type().count() == 0 || x.type().count() * 12 > 4 * kLargestRandomTensor)
    return {};
  const RandomIndices random = random_indices(pool, x);
  return ir::gather(x, random.indices, random.dimensions);
}

Tensor scatter(Pool& pool) {
  const Tensor x = pool.number();
  if (x.rank() == 0 || x.type().count() == 0 || x.type().count() * 12 > 4 * kLargestRandomTensor)
    return {};
  const RandomIndices random = random_indices(pool, x);
  // The updates have the type that gather would give.
  const Tensor taken = ir::gather(x, random.indices, random.dimensions);
  const Tensor updates = pool.like(taken);
  const Tensor small = floating(x) ? updates * (1.0 / 24) : updates;
  return ir::scatter_add(half(x), random.indices, small, random.dimensions);
}

Tensor reduce_add(Pool& pool) {
  const Tensor x = pool.number();
  const Integers dims = some_dimensions(pool, x);
  int64_t count = 1;
  for (int64_t d : dims) count *= x.shape()[static_cast<size_t>(d)];
  const Tensor total = ir::reduce(x, "add", dims);
  return floating(x) ? total * (1.0 / static_cast<double>(std::max<int64_t>(count, 1))) : total;
}

Tensor reduce_other(Pool& pool) {
  const Tensor x = pool.anything();
  const Integers dims = some_dimensions(pool, x);
  for (int64_t d : dims) {
    if (x.shape()[static_cast<size_t>(d)] == 0) return {};  // an infinity
  }
  if (x.type().element == ElementType::i1)
    return ir::reduce(x, pool.random().chance(50) ? "and" : "or", dims);
  if (!floating(x) && pool.random().chance(30)) return ir::reduce(x, "multiply", dims);
  return ir::reduce(x, pool.random().chance(50) ? "maximum" : "minimum", dims);
}

Tensor dot_general(Pool& pool) {
  const Tensor a = pool.number();
  ir::DotGeneral dims;
  Shape shape;
  int64_t summed = 1;
  for (int64_t d = 0; d < a.rank(); ++d) {
    const int64_t kind = pool.random().below(3);
    if (kind == 0) continue;
    (kind == 1 ? dims.lhs_batching : dims.lhs_contracting).push_back(d);
    (kind == 1 ? dims.rhs_batching : dims.rhs_contracting)
        .push_back(static_cast<int64_t>(shape.size()));
    shape.push_back(a.shape()[static_cast<size_t>(d)]);
    if (kind == 2) summed *= shape.back();
  }
  const int64_t free = pool.random().between(1, 3);
  if (pool.random().chance(70)) shape.push_back(free);
  if (a.type().count() * free > kLargestRandomTensor) return {};
  const Tensor b = pool.of_type(a.type().with_shape(shape));
  const Tensor product = ir::dot_general(a, b, dims);
  return floating(a) ? product * (0.5 / static_cast<double>(std::max<int64_t>(summed, 1)))
                     : product;
}

/// A window over one dimension; its count is then at least 1.
ir::WindowDimension random_window(Pool& pool, int64_t base) {
  Random& random = pool.random();
  ir::WindowDimension window{base};
  window.size = random.between(1, 3);
  window.stride = random.between(1, 2);
  window.padding_low = random.between(base > 2 ? -1 : 0, 2);
  window.base_dilation = random.chance(30) ? 2 : 1;
  const int64_t rest = window.dilated_size() - window.dilated_base() - window.padding_low;
  window.padding_high = std::max<int64_t>(rest, random.between(base > 2 ? -1 : 0, 2));
  return window;
}

Tensor convolution(Pool& pool) {
  const Tensor x = pool.number();
  if (x.rank() < 2 || x.rank() > 4 || x.type().count() == 0) return {};
  const auto spatial = static_cast<size_t>(x.rank() - 2);
  ir::Convolution c = ir::Convolution::channels_last(spatial);
  Shape kernel;
  for (size_t i = 0; i < spatial; ++i) {
    const ir::WindowDimension window = random_window(pool, x.shape()[i + 1]);
    c.window_strides[i] = window.stride;
    c.padding_low[i] = window.padding_low;
    c.padding_high[i] = window.padding_high;
    c.lhs_dilation[i] = window.base_dilation;
    kernel.push_back(window.size);
  }
  int64_t features = x.shape().back();
  int64_t outputs = pool.random().between(1, 3);
  if (pool.random().chance(30)) {
    c.feature_group_count = features;
    outputs *= features;
    features = 1;
  } else if (pool.random().chance(30)) {
    c.batch_group_count = x.shape().front();
    outputs *= c.batch_group_count;
  }
  kernel.push_back(features);
  kernel.push_back(outputs);
  const Tensor w = pool.of_type(x.type().with_shape(kernel));
  const int64_t summed = w.type().count() / outputs;
  ir::Op* op = pool.builder().create("convolution", {x.value, w.value}, c.attributes());
  const Tensor y = pool.builder().wrap(op->result());
  if (y.type().count() > kLargestRandomTensor) return {};
  return floating(x) ? y * (0.5 / static_cast<double>(summed)) : y;
}

ir::Window random_windows(Pool& pool, Tensor x) {
  ir::Window windows;
  for (int64_t extent : x.shape()) {
    const ir::WindowDimension window = random_window(pool, extent);
    windows.dimensions.push_back(window.size);
    windows.strides.push_back(window.stride);
    windows.padding_low.push_back(window.padding_low);
    windows.padding_high.push_back(window.padding_high);
    windows.base_dilations.push_back(window.base_dilation);
  }
  return windows;
}

/// Sums only: a window of padding alone has an infinite extreme.
Tensor reduce_window(Pool& pool) {
  const Tensor x = pool.number();
  if (x.type().count() == 0 || x.rank() > 3) return {};
  const ir::Window window = random_windows(pool, x);
  const Tensor y = ir::reduce_window(x, "add", window);
  const double summed = static_cast<double>(ir::element_count(window.dimensions));
  return floating(x) ? y * (1.0 / summed) : y;
}

Tensor reduce_window_extreme(Pool& pool) {
  const Tensor x = pool.number();
  if (x.type().count() == 0 || x.rank() > 3) return {};
  const bool largest = pool.random().chance(50);
  const Tensor y = ir::reduce_window(x, largest ? "maximum" : "minimum", random_windows(pool, x));
  return largest ? ir::maximum(y, -2) : ir::minimum(y, 2);
}

Tensor select_and_scatter(Pool& pool) {
  const Tensor x = pool.number();
  if (x.type().count() == 0 || x.rank() > 3) return {};
  ir::Window window = random_windows(pool, x);
  window.base_dilations.clear();
  const Shape windows = ir::reduce_window(x, "add", window).shape();
  const Tensor source = pool.of_type(x.type().with_shape(windows));
  const Tensor y =
      ir::select_and_scatter(x, source, pool.random().chance(50) ? "GE" : "LE", window);
  const double most = static_cast<double>(ir::element_count(window.dimensions));
  return floating(x) ? y * (1.0 / most) : y;
}

Tensor rng_bit_generator(Pool& pool) {
  const Tensor state = pool.of_type({ElementType::i64, {2}});
  const ir::RandomBits drawn =
      ir::rng_bit_generator(state, pool.random_type(ElementType::i32).shape);
  pool.add(drawn.state);
  return pool.random().chance(50) ? drawn.bits : ir::uniform(drawn.bits, -1, 1);
}

/// A small recurrence over a few steps: its last carry or what it gives in every step.
Tensor scan(Pool& pool) {
  const Tensor start = pool.any_float();
  if (start.type().count() > kLargestRandomTensor / 4) return {};
  const int64_t steps = pool.random().between(1, 3);
  const Tensor stacked = pool.of_type(ir::stacked_type(start.type(), steps));
  const ir::ScanResults results =
      ir::scan(pool.builder(), {{start}, {stacked}, {pool.like(start)}}, steps,
               pool.random().chance(50), [](ir::Builder&, const ir::ScanInputs& in) {
                 const Tensor next = half(half(in.carries[0]) + half(in.stacked[0])) +
                                     half(ir::tanh(in.carries[0] * in.invariants[0]));
                 return ir::ScanResults{{next}, {half(next)}};
               });
  return pool.random().chance(50) ? results.carries[0] : results.outputs[0];
}

constexpr Smoothness kSmooth = Smoothness::smooth;
constexpr Smoothness kKinks = Smoothness::kinks;
constexpr Smoothness kJumps = Smoothness::jumps;

constexpr RandomOp kRandomOps[] = {
    {"constant", kSmooth, constant},
    {"iota", kSmooth, iota},
    {"add", kSmooth,
     [](Pool& p) {
       const Tensor a = p.number();
       return half(a + p.like(a));
     }},
    {"subtract", kSmooth,
     [](Pool& p) {
       const Tensor a = p.number();
       return half(a - p.like(a));
     }},
    {"multiply", kSmooth,
     [](Pool& p) {
       const Tensor a = p.number();
       return half(a * p.like(a));
     }},
    {"divide", kSmooth, divide},
    {"remainder", kJumps, remainder},
    {"power", kSmooth, power},
    {"maximum", kKinks,
     [](Pool& p) {
       const Tensor a = p.anything();
       return ir::maximum(a, p.like(a));
     }},
    {"minimum", kKinks,
     [](Pool& p) {
       const Tensor a = p.anything();
       return ir::minimum(a, p.like(a));
     }},
    {"and", kJumps, [](Pool& p) { return bitwise(p, "and"); }},
    {"or", kJumps, [](Pool& p) { return bitwise(p, "or"); }},
    {"xor", kJumps, [](Pool& p) { return bitwise(p, "xor"); }},
    {"negate", kSmooth, [](Pool& p) { return -p.number(); }},
    {"abs", kKinks, [](Pool& p) { return ir::abs(p.number()); }},
    {"sign", kJumps, [](Pool& p) { return ir::sign(p.number()); }},
    {"exponential", kSmooth, [](Pool& p) { return ir::exp(p.any_float()) * 0.25; }},
    {"exponential_minus_one", kSmooth, [](Pool& p) { return ir::expm1(p.any_float()) * 0.25; }},
    {"log", kSmooth, [](Pool& p) { return ir::log(positive(p.any_float())); }},
    {"log_plus_one", kSmooth, [](Pool& p) { return ir::log1p(positive(p.any_float())); }},
    {"sqrt", kSmooth, [](Pool& p) { return ir::sqrt(positive(p.any_float())); }},
    {"rsqrt", kSmooth, [](Pool& p) { return ir::rsqrt(positive(p.any_float())); }},
    {"cbrt", kSmooth, [](Pool& p) { return ir::cbrt(positive(p.any_float())); }},
    {"tanh", kSmooth, unary<[](Tensor x) { return ir::tanh(x); }>},
    {"logistic", kSmooth, unary<[](Tensor x) { return ir::logistic(x); }>},
    {"erf", kSmooth, unary<[](Tensor x) { return ir::erf(x); }>},
    {"sine", kSmooth, unary<[](Tensor x) { return ir::sine(x); }>},
    {"cosine", kSmooth, unary<[](Tensor x) { return ir::cosine(x); }>},
    {"tan", kSmooth, [](Pool& p) { return ir::tan(p.any_float() * 0.5); }},
    {"stop_gradient", kJumps, unary<[](Tensor x) { return ir::stop_gradient(x); }>},
    {"floor", kJumps, unary<[](Tensor x) { return ir::floor(x); }>},
    {"ceil", kJumps, unary<[](Tensor x) { return ir::ceil(x); }>},
    {"round_nearest_even", kJumps, unary<[](Tensor x) { return ir::round_nearest_even(x); }>},
    {"not", kJumps, [](Pool& p) { return ir::logical_not(p.bits()); }},
    {"compare", kJumps, compare},
    {"select", kSmooth, select},
    {"convert", kSmooth, convert},
    {"convert", kJumps, convert_any},
    {"is_finite", kJumps, unary<[](Tensor x) { return ir::is_finite(x); }>},
    {"broadcast_in_dim", kSmooth, broadcast_in_dim},
    {"reshape", kSmooth, reshape},
    {"transpose", kSmooth, transpose},
    {"slice", kSmooth, slice},
    {"reverse", kSmooth, reverse},
    {"concatenate", kSmooth, concatenate},
    {"pad", kSmooth, pad},
    {"gather", kSmooth, gather},
    {"scatter", kSmooth, scatter},
    {"reduce", kSmooth, reduce_add},
    {"reduce", kKinks, reduce_other},
    {"dot_general", kSmooth, dot_general},
    {"convolution", kSmooth, convolution},
    {"reduce_window", kSmooth, reduce_window},
    {"reduce_window", kKinks, reduce_window_extreme},
    {"select_and_scatter", kJumps, select_and_scatter},
    {"rng_bit_generator", kJumps, rng_bit_generator},
    {"scan", kSmooth, scan},
};

}  // namespace

std::span<const RandomOp> random_ops() { return kRandomOps; }

}  // namespace kiln::tests
