#include "ir/literal_text.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace kiln::ir {
namespace {

/// The quiet NaN that `nan` stands for, per element type.
uint64_t canonical_nan(ElementType element) {
  switch (element) {
    case ElementType::f32:
      return 0x7fc00000;
    case ElementType::f64:
      return 0x7ff8000000000000;
    case ElementType::f16:
      return 0x7e00;
    default:
      return 0x7fc0;
  }
}

/// Decimal digits of a finite or infinite float or double; f16 and bf16 go through float, which
/// holds them exactly.
template <typename Float>
std::string decimal(Float value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

uint64_t bits_of(const std::byte* from, int64_t size) {
  uint64_t bits = 0;
  std::memcpy(&bits, from, static_cast<size_t>(size));  // little-endian, as everywhere in kiln
  return bits;
}

void append_bits(uint64_t bits, int64_t size, std::vector<std::byte>& bytes) {
  for (int64_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(bits >> (8 * i)));
}

Diagnostic no_number(ElementType element, std::string_view text) {
  return {"", fmt::format("{} is not a number of type {}", text, name_of(element)), ""};
}

Status append_hex(ElementType element, std::string_view text, std::vector<std::byte>& bytes) {
  uint64_t bits = 0;
  const std::string_view digits = text.substr(2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  const int64_t size = size_of(element);
  const bool fits = size == 8 || bits >> (8 * size) == 0;
  if (error != std::errc() || end != digits.data() + digits.size() || !fits)
    return no_number(element, text);
  append_bits(bits, size, bytes);
  return ok();
}

/// Reads a decimal into a float type that from_chars knows; false where it is none or overflows.
template <typename Float>
bool read(std::string_view text, Float& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

Status append_float(ElementType element, std::string_view text, std::vector<std::byte>& bytes) {
  if (text.starts_with("0x")) return append_hex(element, text, bytes);
  const int64_t size = size_of(element);
  if (text == "nan") return append_bits(canonical_nan(element), size, bytes), ok();
  if (element == ElementType::f32 && text != "inf" && text != "-inf") {
    float value = 0;  // read as float at once: by way of double it would be rounded twice
    if (!read(text, value)) return no_number(element, text);
    return append_bits(std::bit_cast<uint32_t>(value), size, bytes), ok();
  }
  KILN_ASSIGN(const double value, parse_number(text));
  const Literal scalar = Literal::splat({element, {}}, value);
  if (std::isinf(scalar.get(0)) && !std::isinf(value)) return no_number(element, text);
  bytes.insert(bytes.end(), scalar.bytes().begin(), scalar.bytes().end());
  return ok();
}

/// Hex bytes with a prefix: dense<"0x...">.
std::string hex_text(const Literal& literal) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "dense<\"0x";
  text.reserve(text.size() + 2 * literal.bytes().size() + 2);
  for (std::byte byte : literal.bytes()) {
    text += kDigits[static_cast<size_t>(byte >> 4)];
    text += kDigits[static_cast<size_t>(byte & std::byte{15})];
  }
  return text + "\">";
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string number_text(double value) {
  if (!std::isnan(value)) return decimal(value);
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  return bits == canonical_nan(ElementType::f64) ? "nan" : fmt::format("{:#018x}", bits);
}

std::string element_text(const Literal& literal, int64_t index) {
  const ElementType element = literal.type().element;
  if (element == ElementType::i1) return literal.get_int(index) ? "true" : "false";
  if (!is_float(element)) return std::to_string(literal.get_int(index));
  const double value = literal.get(index);
  if (!std::isnan(value)) {
    return element == ElementType::f64 ? decimal(value) : decimal(static_cast<float>(value));
  }
  const int64_t size = size_of(element);
  const uint64_t bits =
      bits_of(literal.bytes().data() + (literal.is_splat() ? 0 : index * size), size);
  if (bits == canonical_nan(element)) return "nan";
  return fmt::format("{:#0{}x}", bits, 2 + 2 * size);
}

std::string literal_text(const Literal& literal, int64_t largest) {
  if (literal.is_splat()) return fmt::format("dense<{}>", element_text(literal, 0));
  const int64_t count = literal.type().count();
  if (largest >= 0 && count > largest) return "dense<...>";
  if (count > kLargestSpelledLiteral) return hex_text(literal);
  std::string text = "dense<[";
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text += element_text(literal, i);
  }
  return text + "]>";
}

Status append_element(ElementType element, std::string_view text, std::vector<std::byte>& bytes) {
  if (element == ElementType::i1) {
    if (text != "true" && text != "false")
      return Diagnostic{"", fmt::format("{} is not true or false", text), ""};
    bytes.push_back(std::byte{text == "true"});
    return ok();
  }
  if (is_float(element)) return append_float(element, text, bytes);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() ||
      Literal::splat_int({element, {}}, value).get_int(0) != value) {
    return no_number(element, text);
  }
  append_bits(static_cast<uint64_t>(value), size_of(element), bytes);
  return ok();
}

Expected<double> parse_number(std::string_view text) {
  double value = 0;
  if (text == "inf") return HUGE_VAL;
  if (text == "-inf") return -HUGE_VAL;
  if (text == "nan") return std::bit_cast<double>(canonical_nan(ElementType::f64));
  if (text.starts_with("0x")) {
    std::vector<std::byte> bytes;
    KILN_TRY(append_hex(ElementType::f64, text, bytes));
    return std::bit_cast<double>(bits_of(bytes.data(), 8));
  }
  if (!read(text, value)) return no_number(ElementType::f64, text);
  return value;
}

}  // namespace kiln::ir
