// Keras's element types: their names, and what two of them give (keras.backend.result_type).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "frontend/keras/json/json.h"
#include "ir/type.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// An operand's type as far as promotion asks: Python's numbers are weak, they take the type of
/// what they meet where that can hold their kind.
struct PromotedType {
  ir::ElementType element = ir::ElementType::f32;
  bool weak = false;
};

/// Python's `float`, which makes floats of integers and leaves floats as they are.
inline constexpr PromotedType kAnyFloat{ir::ElementType::f32, true};

/// The type that operands of these types are computed in. Source: keras/src/backend/common/dtypes.py
/// of Keras 3.15, without its step from 64 bits to 32 that only JAX takes.
ir::ElementType result_type(std::span<const PromotedType> types);
ir::ElementType result_type(PromotedType a, PromotedType b);

/// "float32" for f32, "bool" for i1.
std::string_view dtype_name(ir::ElementType element);
/// The type of a `dtype` in Keras's JSON: a name, or a DTypePolicy's.
Expected<ir::ElementType> read_dtype(const Json& json);

}  // namespace kiln::keras
