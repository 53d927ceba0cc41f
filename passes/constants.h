// What passes ask about the numbers that values hold.
#pragma once

#include <optional>

#include "ir/op.h"

namespace kiln::passes {

/// The contents of a value that a `constant` gives; null for any other value.
const ir::Literal* constant_of(const ir::Value* value);

/// The number that every element of a constant is, where they are all one; empty for a value that
/// is not such a constant. Integers beyond 2^53 come rounded.
std::optional<double> splat_of(const ir::Value* value);

/// Whether the value is a constant of that number alone. Zeros count as equal only with equal sign.
bool is_splat(const ir::Value* value, double number);

/// Whether no element of the value can be a negative zero, as far as its op tells.
bool never_negative_zero(const ir::Value* value);

}  // namespace kiln::passes
