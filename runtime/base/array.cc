#include "runtime/base/array.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>

#include "runtime/base/block.h"

namespace kiln::runtime {
namespace {

struct ElementFacts {
  const char* name;
  int64_t size;
};

// In the order of kiln_element_type.
constexpr ElementFacts kElements[] = {
    {"f32", 4}, {"f64", 8}, {"f16", 2}, {"bf16", 2}, {"i8", 1},
    {"i16", 2}, {"i32", 4}, {"i64", 8}, {"u8", 1},   {"i1", 1},
};

constexpr int64_t kLargestElement = 8;

// One tebibyte: a size beyond it is a mistake, which an allocator that overcommits might not see.
constexpr int64_t kLargestBlock = int64_t{1} << 40;

[[noreturn]] void die(const std::string& message) {
  std::fprintf(stderr, "internal error: %s\n", message.c_str());
  std::abort();
}

// Zeroed memory; null where there is none.
std::shared_ptr<std::byte> aligned_zeros(int64_t bytes) {
  if (bytes > kLargestBlock) return nullptr;
  Block block = allocate_block(bytes);
  if (!block) return nullptr;
  return {block.release(), AlignedFree()};
}

// A value of any element type as it is converted: integers stay exact.
template <typename To, typename From>
To convert_number(From value) {
  if constexpr (std::is_floating_point_v<To> || std::is_same_v<To, From>) {
    return static_cast<To>(value);
  } else if constexpr (std::is_floating_point_v<From>) {
    if (std::isnan(value)) return 0;
    // -min is a power of two, so both limits are exact in a floating type, unlike max.
    const From low = static_cast<From>(std::numeric_limits<To>::min());
    const From high = std::ldexp(From{1}, std::numeric_limits<To>::digits);
    if (value <= low) return std::numeric_limits<To>::min();
    if (value >= high) return std::numeric_limits<To>::max();
    return static_cast<To>(value);
  } else {
    const int64_t wide = value;
    if (wide < static_cast<int64_t>(std::numeric_limits<To>::min())) {
      return std::numeric_limits<To>::min();
    }
    if (wide > static_cast<int64_t>(std::numeric_limits<To>::max())) {
      return std::numeric_limits<To>::max();
    }
    return static_cast<To>(value);
  }
}

// double -> float16 directly, so that no value is rounded twice.
uint16_t double_to_half(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 48) & 0x8000);
  if (std::isnan(value)) return sign | 0x7e00;
  const double magnitude = std::fabs(value);
  if (magnitude >= 65520.0) return sign | 0x7c00;
  // A half has 11 significant bits, and steps of 2^-24 below 2^-13.
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  const int step = magnitude < 0x1p-13 ? -24 : exponent - 11;
  const auto mantissa = static_cast<uint32_t>(std::nearbyint(std::ldexp(magnitude, -step)));
  if (step == -24) return sign | static_cast<uint16_t>(mantissa);
  // A mantissa rounded up to 2048 carries into the exponent by plain addition.
  return sign | static_cast<uint16_t>(((step + 24) << 10) + mantissa);
}

uint16_t double_to_bfloat(double value) {
  const float nearest = static_cast<float>(value);
  if (std::isnan(value) || std::isinf(nearest) || static_cast<double>(nearest) == value) {
    return float_to_bfloat(nearest);
  }
  // Round to odd first: the float keeps a trace of what was cut off, so rounding once more is
  // exact.
  uint32_t bits = std::bit_cast<uint32_t>(nearest);
  const bool away = std::fabs(static_cast<double>(nearest)) > std::fabs(value);
  if (away) --bits;
  return float_to_bfloat(std::bit_cast<float>(bits | 1));
}

// Calls `action` with a function that gives element i of the array as a number.
template <typename Action>
void with_loader(const Array& array, Action action) {
  switch (array.type) {
    case KILN_F32:
      return action([p = array.as<float>()](int64_t i) { return p[i]; });
    case KILN_F64:
      return action([p = array.as<double>()](int64_t i) { return p[i]; });
    case KILN_F16:
      return action([p = array.as<uint16_t>()](int64_t i) { return half_to_float(p[i]); });
    case KILN_BF16:
      return action([p = array.as<uint16_t>()](int64_t i) { return bfloat_to_float(p[i]); });
    case KILN_I8:
      return action([p = array.as<int8_t>()](int64_t i) { return p[i]; });
    case KILN_I16:
      return action([p = array.as<int16_t>()](int64_t i) { return p[i]; });
    case KILN_I32:
      return action([p = array.as<int32_t>()](int64_t i) { return p[i]; });
    case KILN_I64:
      return action([p = array.as<int64_t>()](int64_t i) { return p[i]; });
    case KILN_U8:
      return action([p = array.as<uint8_t>()](int64_t i) { return p[i]; });
    case KILN_I1:
      return action([p = array.as<uint8_t>()](int64_t i) { return uint8_t{p[i] != 0}; });
  }
}

template <typename Load, typename To>
void store_numbers(Load load, To* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = convert_number<To>(load(i));
}

template <typename Load>
void store_as(Load load, const Array& to) {
  const int64_t count = to.element_count();
  switch (to.type) {
    case KILN_F32:
      return store_numbers(load, to.as<float>(), count);
    case KILN_F64:
      return store_numbers(load, to.as<double>(), count);
    case KILN_F16:
      for (int64_t i = 0; i < count; ++i) {
        to.as<uint16_t>()[i] = double_to_half(static_cast<double>(load(i)));
      }
      return;
    case KILN_BF16:
      for (int64_t i = 0; i < count; ++i) {
        to.as<uint16_t>()[i] = double_to_bfloat(static_cast<double>(load(i)));
      }
      return;
    case KILN_I8:
      return store_numbers(load, to.as<int8_t>(), count);
    case KILN_I16:
      return store_numbers(load, to.as<int16_t>(), count);
    case KILN_I32:
      return store_numbers(load, to.as<int32_t>(), count);
    case KILN_I64:
      return store_numbers(load, to.as<int64_t>(), count);
    case KILN_U8:
      return store_numbers(load, to.as<uint8_t>(), count);
    case KILN_I1:
      for (int64_t i = 0; i < count; ++i) to.as<uint8_t>()[i] = load(i) != 0;
      return;
  }
}

}  // namespace

int64_t element_size(kiln_element_type type) { return kElements[type].size; }

const char* element_name(kiln_element_type type) { return kElements[type].name; }

bool is_floating(kiln_element_type type) { return type <= KILN_BF16; }

std::string shape_name(std::span<const int64_t> dims) {
  if (dims.empty()) return "scalar";
  std::string text;
  for (const int64_t dim : dims) text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text;
}

std::string tensor_name(kiln_element_type type, std::span<const int64_t> dims) {
  if (dims.empty()) return element_name(type);
  return shape_name(dims) + "x" + element_name(type);
}

std::optional<int64_t> checked_element_count(std::span<const int64_t> dims) {
  // A zero does not excuse the other dimensions: the size of a row must not overflow either.
  int64_t count = 1;
  bool empty = false;
  for (const int64_t dim : dims) {
    empty |= dim == 0;
    if (dim < 0 || __builtin_mul_overflow(count, std::max<int64_t>(dim, 1), &count)) {
      return std::nullopt;
    }
  }
  if (count > std::numeric_limits<int64_t>::max() / kLargestElement) return std::nullopt;
  return empty ? 0 : count;
}

std::optional<int64_t> checked_byte_count(kiln_element_type type, std::span<const int64_t> dims) {
  const std::optional<int64_t> count = checked_element_count(dims);
  if (!count) return std::nullopt;
  return *count * element_size(type);
}

int64_t Array::element_count() const {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  return count;
}

std::span<const int64_t> Array::row_dims() const {
  return dims.empty() ? std::span<const int64_t>() : std::span<const int64_t>(dims).subspan(1);
}

int64_t Array::row_bytes() const {
  int64_t bytes = element_size(type);
  for (const int64_t dim : row_dims()) bytes *= dim;
  return bytes;
}

Array Array::slice_rows(int64_t begin, int64_t end) const {
  if (dims.empty() || begin < 0 || begin > end || end > dims[0]) {
    die("rows " + std::to_string(begin) + ".." + std::to_string(end) + " of " + name());
  }
  Array slice = {type, dims, {storage, row(begin)}, scale};
  slice.dims[0] = end - begin;
  return slice;
}

Array Array::reshape(std::vector<int64_t> new_dims) const {
  if (checked_element_count(new_dims) != element_count()) {
    die(name() + " as " + shape_name(new_dims));
  }
  return {type, std::move(new_dims), storage, scale};
}

Array allocate(kiln_element_type type, std::vector<int64_t> dims) {
  Expected<Array> array = try_allocate("", type, std::move(dims));
  if (!array) die(array.error().message);
  return std::move(*array);
}

Expected<Array> try_allocate(const std::string& where, kiln_element_type type,
                             std::vector<int64_t> dims) {
  const std::optional<int64_t> bytes = checked_byte_count(type, dims);
  if (!bytes) return Diagnostic{where, "impossible shape " + tensor_name(type, dims), ""};
  std::shared_ptr<std::byte> storage = aligned_zeros(*bytes);
  if (!storage) {
    return Diagnostic{where,
                      "not enough memory for " + tensor_name(type, dims) + " (" +
                          std::to_string(*bytes) + " bytes)",
                      ""};
  }
  return Array{type, std::move(dims), std::move(storage)};
}

Array copy_of(kiln_element_type type, std::vector<int64_t> dims, const void* bytes) {
  Array array = allocate(type, std::move(dims));
  if (array.bytes() > 0) std::memcpy(array.data(), bytes, static_cast<size_t>(array.bytes()));
  return array;
}

Array text_array(std::vector<std::string> texts, std::optional<std::vector<int64_t>> dims) {
  Array array;
  array.dims = dims ? std::move(*dims) : std::vector<int64_t>{static_cast<int64_t>(texts.size())};
  if (array.element_count() != static_cast<int64_t>(texts.size()))
    die(std::to_string(texts.size()) + " texts as " + shape_name(array.dims));
  array.texts = std::make_shared<const std::vector<std::string>>(std::move(texts));
  return array;
}

std::string Array::name() const {
  return texts ? shape_name(dims) + " texts" : tensor_name(type, dims);
}

Array convert(const Array& array, kiln_element_type type) {
  if (array.type == type && array.scale == 1) return array;
  Array result = allocate(type, array.dims);
  if (array.scale == 1) {
    with_loader(array, [&](auto load) { store_as(load, result); });
    return result;
  }
  with_loader(array, [&](auto load) {
    const auto scaled = [load, scale = array.scale](int64_t i) {
      return static_cast<double>(load(i)) * scale;
    };
    store_as(scaled, result);
  });
  return result;
}

float half_to_float(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t exponent = (bits >> 10) & 31;
  const uint32_t mantissa = bits & 0x3ff;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000 | mantissa << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  // A subnormal half is a small integer times 2^-24, exact in a float.
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
}

uint16_t float_to_half(float value) { return double_to_half(value); }

float bfloat_to_float(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

uint16_t float_to_bfloat(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace kiln::runtime
