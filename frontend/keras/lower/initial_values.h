// Initializers in ops: a distribution from random bits.
#pragma once

#include "frontend/keras/functions/initializers.h"
#include "ir/builder.h"

namespace kiln::keras {

/// The initial value of a variable: type is f32 of any shape; state: i64 [2], the model's seed and
/// a number of the variable's own.
ir::Tensor initial_value(ir::Builder& builder, const Initializer& initializer, const ir::Type& type,
                         ir::Tensor state);

/// Keras's fans: a kernel's inputs and outputs are its last two dimensions, times the others.
struct Fans {
  double in, out;
};
Fans fans_of(const ir::Shape& shape);

}  // namespace kiln::keras
