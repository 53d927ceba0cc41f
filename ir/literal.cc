#include "ir/literal.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "ir/check.h"

namespace kiln::ir {
namespace {

template <typename T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

template <typename T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

/// Truncates towards zero; out of range gives the nearest that the type holds, NaN gives 0.
int64_t truncate(ElementType element, double value) {
  if (std::isnan(value)) return 0;
  const int bits = static_cast<int>(8 * size_of(element));
  const bool has_sign = element != ElementType::u8;
  const double limit = std::ldexp(1.0, has_sign ? bits - 1 : bits);  // one past the largest
  const int64_t largest =
      has_sign ? static_cast<int64_t>((uint64_t{1} << (bits - 1)) - 1) : (int64_t{1} << bits) - 1;
  if (value >= limit) return largest;
  if (!has_sign && value <= 0) return 0;
  if (value <= -limit) return -largest - 1;
  return static_cast<int64_t>(value);
}

void store_int(ElementType element, std::byte* to, int64_t value) {
  switch (element) {
    case ElementType::i8:
    case ElementType::u8:
      return store(to, static_cast<uint8_t>(value));
    case ElementType::i16:
      return store(to, static_cast<int16_t>(value));
    case ElementType::i32:
      return store(to, static_cast<int32_t>(value));
    case ElementType::i64:
      return store(to, value);
    case ElementType::i1:
      return store(to, static_cast<uint8_t>(value != 0));
    default:
      KILN_CHECK(false, "integer store to {}", name_of(element));
  }
}

void store_float(ElementType element, std::byte* to, double value) {
  switch (element) {
    case ElementType::f32:
      return store(to, static_cast<float>(value));
    case ElementType::f64:
      return store(to, value);
    case ElementType::f16:
      return store(to, to_f16(value));
    case ElementType::bf16:
      return store(to, to_bf16(value));
    default:
      return store_int(element, to,
                       element == ElementType::i1 ? value != 0 : truncate(element, value));
  }
}

}  // namespace

Literal::Literal(Type type) : type_(std::move(type)) {
  bytes_->resize(static_cast<size_t>(type_.bytes()));
}

Literal Literal::from_bytes(Type type, bool splat, std::vector<std::byte> bytes) {
  const int64_t expected = splat ? size_of(type.element) : type.bytes();
  KILN_CHECK(static_cast<int64_t>(bytes.size()) == expected, "{} bytes for {}", bytes.size(),
             type.to_string());
  Literal literal;
  literal.type_ = std::move(type);
  literal.splat_ = splat;
  literal.bytes_ = std::make_shared<std::vector<std::byte>>(std::move(bytes));
  return literal;
}

Literal Literal::splat(Type type, double value) {
  std::vector<std::byte> bytes(static_cast<size_t>(size_of(type.element)));
  store_float(type.element, bytes.data(), value);
  return from_bytes(std::move(type), true, std::move(bytes));
}

Literal Literal::splat_int(Type type, int64_t value) {
  if (is_float(type.element)) return splat(std::move(type), static_cast<double>(value));
  std::vector<std::byte> bytes(static_cast<size_t>(size_of(type.element)));
  store_int(type.element, bytes.data(), value);
  return from_bytes(std::move(type), true, std::move(bytes));
}

Literal Literal::from_values(Type type, const std::vector<double>& values) {
  Literal literal(std::move(type));
  literal.assign(values);
  return literal;
}

const std::byte* Literal::element(int64_t index) const {
  return bytes_->data() + (splat_ ? 0 : index * size_of(type_.element));
}

std::byte* Literal::writable(int64_t index) {
  if (splat_) *this = dense();
  if (bytes_.use_count() > 1) bytes_ = std::make_shared<std::vector<std::byte>>(*bytes_);
  return bytes_->data() + index * size_of(type_.element);
}

double Literal::get(int64_t index) const {
  const std::byte* from = element(index);
  switch (type_.element) {
    case ElementType::f32:
      return load<float>(from);
    case ElementType::f64:
      return load<double>(from);
    case ElementType::f16:
      return from_f16(load<uint16_t>(from));
    case ElementType::bf16:
      return from_bf16(load<uint16_t>(from));
    default:
      return static_cast<double>(get_int(index));
  }
}

int64_t Literal::get_int(int64_t index) const {
  const std::byte* from = element(index);
  switch (type_.element) {
    case ElementType::i8:
      return load<int8_t>(from);
    case ElementType::i16:
      return load<int16_t>(from);
    case ElementType::i32:
      return load<int32_t>(from);
    case ElementType::i64:
      return load<int64_t>(from);
    case ElementType::u8:
    case ElementType::i1:
      return load<uint8_t>(from);
    default:
      return truncate(ElementType::i64, get(index));
  }
}

void Literal::set(int64_t index, double value) {
  store_float(type_.element, writable(index), value);
}

void Literal::set_int(int64_t index, int64_t value) {
  // Straight to f32: by way of double it would be rounded twice.
  if (type_.element == ElementType::f32) return store(writable(index), static_cast<float>(value));
  if (is_float(type_.element)) return set(index, static_cast<double>(value));
  store_int(type_.element, writable(index), value);
}

Literal Literal::reshaped(Shape shape) const {
  Literal result = *this;
  result.type_.shape = std::move(shape);
  KILN_CHECK(result.type_.count() == type_.count(), "reshape {} to {}", type_.to_string(),
             result.type_.to_string());
  return result;
}

Literal Literal::dense() const {
  if (!splat_) return *this;
  Literal result(type_);
  const size_t size = bytes_->size();
  for (size_t at = 0; at < result.bytes_->size(); at += size) {
    std::memcpy(result.bytes_->data() + at, bytes_->data(), size);
  }
  return result;
}

std::vector<double> Literal::values() const {
  std::vector<double> all(static_cast<size_t>(type_.count()));
  if (type_.element == ElementType::f32 && !splat_) {
    for (size_t i = 0; i < all.size(); ++i) all[i] = load<float>(bytes_->data() + 4 * i);
    return all;
  }
  for (size_t i = 0; i < all.size(); ++i) all[i] = get(static_cast<int64_t>(i));
  return all;
}

std::vector<int64_t> Literal::integers() const {
  std::vector<int64_t> all(static_cast<size_t>(type_.count()));
  for (size_t i = 0; i < all.size(); ++i) all[i] = get_int(static_cast<int64_t>(i));
  return all;
}

void Literal::assign(const std::vector<double>& values) {
  KILN_CHECK(static_cast<int64_t>(values.size()) == type_.count(), "{} values for {}",
             values.size(), type_.to_string());
  if (values.empty()) return;
  std::byte* to = writable(0);
  const auto size = static_cast<size_t>(size_of(type_.element));
  for (size_t i = 0; i < values.size(); ++i) store_float(type_.element, to + i * size, values[i]);
}

void Literal::assign(const std::vector<int64_t>& values) {
  KILN_CHECK(static_cast<int64_t>(values.size()) == type_.count(), "{} values for {}",
             values.size(), type_.to_string());
  for (size_t i = 0; i < values.size(); ++i) set_int(static_cast<int64_t>(i), values[i]);
}

void Literal::copy_element(int64_t index, const Literal& from, int64_t from_index) {
  KILN_CHECK(from.type_.element == type_.element, "copies {} to {}", from.type_.to_string(),
             type_.to_string());
  std::byte* to = writable(index);
  std::memcpy(to, from.element(from_index), static_cast<size_t>(size_of(type_.element)));
}

bool operator==(const Literal& a, const Literal& b) {
  if (a.type_ != b.type_) return false;
  if (a.splat_ == b.splat_) return *a.bytes_ == *b.bytes_;
  return *a.dense().bytes_ == *b.dense().bytes_;
}

uint16_t to_bf16(double value) {
  if (std::isnan(value) || std::isinf(value)) {
    const uint32_t bits = std::bit_cast<uint32_t>(static_cast<float>(value));
    return static_cast<uint16_t>((bits >> 16) | (std::isnan(value) ? 0x40 : 0));
  }
  int exponent = 0;
  std::frexp(value, &exponent);
  // One unit in the last place: 8 bits of significand, or the subnormal spacing 2^-133. Rounded
  // here, from double: by way of float it would be rounded twice.
  const int unit = std::max(exponent - 8, -133);
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
  return static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(rounded)) >> 16);
}

double from_bf16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

uint16_t to_f16(double value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value)) return sign | 0x7e00;
  const double magnitude = std::fabs(value);
  if (magnitude == 0) return sign;
  if (magnitude >= 65520.0) return sign | 0x7c00;
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  // One unit in the last place: 11 bits of significand, or the subnormal spacing 2^-24.
  const int unit = std::max(exponent - 11, -24);
  const auto steps = static_cast<uint32_t>(std::nearbyint(std::ldexp(magnitude, -unit)));
  if (unit == -24) return static_cast<uint16_t>(sign | steps);
  return static_cast<uint16_t>(sign | ((static_cast<uint32_t>(unit + 24) << 10) + steps));
}

double from_f16(uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1f;
  const int fraction = bits & 0x3ff;
  const double sign = (bits & 0x8000) ? -1.0 : 1.0;
  if (exponent == 31) return fraction ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(fraction + 1024, exponent - 25);
}

}  // namespace kiln::ir
