// Types of values: dense tensors of a static shape.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::ir {

using Shape = std::vector<int64_t>;  ///< extents, outermost first; empty for a scalar

/// Element types, in the order of the ABI's kiln_element_type.
enum class ElementType { f32, f64, f16, bf16, i8, i16, i32, i64, u8, i1 };

/// Bytes of one element; an i1 takes one byte.
int64_t size_of(ElementType element);
/// "f32", "i1", ...
std::string_view name_of(ElementType element);
std::optional<ElementType> element_type_from_name(std::string_view name);
bool is_float(ElementType element);
bool is_integer(ElementType element);  ///< signed or unsigned, i1 not included

/// Product of the extents; 1 for a scalar.
int64_t element_count(const Shape& shape);

/// `tensor<32x784xf32>`; a scalar is `tensor<f32>`.
struct Type {
  ElementType element = ElementType::f32;
  Shape shape;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  int64_t count() const { return element_count(shape); }
  int64_t bytes() const { return count() * size_of(element); }
  std::string to_string() const;
  /// The same element type in another shape.
  Type with_shape(Shape new_shape) const { return {element, std::move(new_shape)}; }
  /// The same shape with another element type.
  Type with_element(ElementType new_element) const { return {new_element, shape}; }

  /// Whether they have the same elements, in row-major order, by other dimensions or the same.
  bool is_view_of(const Type& other) const {
    return element == other.element && count() == other.count();
  }

  friend bool operator==(const Type&, const Type&) = default;
};

/// What is wrong with a type that no machine holds: a negative extent, more than kMaxRank
/// dimensions, or more than kMaxTensorBytes (counting empty dimensions as 1, so that no product of
/// extents overflows).
std::optional<std::string> problem_of(const Type& type);
inline constexpr int64_t kMaxRank = 32;
inline constexpr int64_t kMaxTensorBytes = int64_t{1} << 40;

}  // namespace kiln::ir
