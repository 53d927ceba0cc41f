// Shapes as Keras has them: what a model leaves open is None, null in JSON.
#pragma once

#include <cstdint>
#include <string>

#include "ir/type.h"

namespace kiln::keras {

/// An extent that the model leaves open, Keras's None: the batch, or what is known with the data.
inline constexpr int64_t kNone = -1;

/// "(None, 784)", as Keras writes shapes.
std::string show_shape(const ir::Shape& shape);

}  // namespace kiln::keras
