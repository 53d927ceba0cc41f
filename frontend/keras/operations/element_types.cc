#include "frontend/keras/operations/element_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "frontend/keras/json/config_reader.h"

namespace kiln::keras {
namespace {

using ir::ElementType;

struct Name {
  std::string_view keras;
  ElementType element;
};

constexpr Name kNames[] = {
    {"float32", ElementType::f32},   {"float64", ElementType::f64}, {"float16", ElementType::f16},
    {"bfloat16", ElementType::bf16}, {"int8", ElementType::i8},     {"int16", ElementType::i16},
    {"int32", ElementType::i32},     {"int64", ElementType::i64},   {"uint8", ElementType::u8},
    {"bool", ElementType::i1},
};

ElementType larger_float(ElementType a, ElementType b) {
  if (a == b) return a;
  const int64_t size = std::max(ir::size_of(a), ir::size_of(b));
  if (size == 2) return ElementType::f32;  // f16 and bf16 have no other common type
  return size == 4 ? ElementType::f32 : ElementType::f64;
}

ElementType larger_integer(ElementType a, ElementType b) {
  if (a == b) return a;
  if (b == ElementType::u8) std::swap(a, b);
  // No signed type of 8 bits holds a u8.
  if (a == ElementType::u8) return b == ElementType::i8 ? ElementType::i16 : b;
  return ir::size_of(a) > ir::size_of(b) ? a : b;
}

}  // namespace

ElementType result_type(std::span<const PromotedType> types) {
  std::optional<ElementType> floating, integer;
  bool weak_float = false, weak_integer = false;
  for (const PromotedType& type : types) {
    if (ir::is_float(type.element)) {
      if (type.weak)
        weak_float = true;
      else
        floating = floating ? larger_float(*floating, type.element) : type.element;
    } else if (ir::is_integer(type.element)) {
      if (type.weak)
        weak_integer = true;
      else
        integer = integer ? larger_integer(*integer, type.element) : type.element;
    }
  }
  if (floating) return *floating;
  if (weak_float) return ElementType::f32;
  if (integer) return *integer;
  return weak_integer ? ElementType::i32 : ElementType::i1;
}

ElementType result_type(PromotedType a, PromotedType b) {
  const PromotedType both[] = {a, b};
  return result_type(both);
}

std::string_view dtype_name(ElementType element) {
  for (const Name& name : kNames) {
    if (name.element == element) return name.keras;
  }
  return "";
}

Expected<ElementType> read_dtype(const Json& json) {
  const bool is_policy = json.is_object() && json.contains("config") &&
                         json["config"].is_object() && json["config"].contains("name");
  const Json& name = is_policy ? json["config"]["name"] : json;
  for (const Name& known : kNames) {
    if (name == known.keras) return known.element;
  }
  return Diagnostic{"", fmt::format("the type {} is not supported", excerpt(json)),
                    "kiln has float16, bfloat16, float32, float64, int8 to int64, uint8 and bool"};
}

}  // namespace kiln::keras
