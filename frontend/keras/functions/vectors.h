// Lengths and directions of the vectors that lie along some dimensions of a tensor.
#pragma once

#include "ir/builder.h"

namespace kiln::keras {

/// What Keras calls its epsilon: the small number that keeps logarithms and quotients finite.
inline constexpr double kEpsilon = 1e-7;

/// The lengths of the vectors along those dimensions, which stay with an extent of 1.
ir::Tensor lengths(ir::Tensor x, const ir::Integers& dimensions);

/// x over the lengths, as Keras normalizes: a length below the smallest counts as that much. The
/// derivative at a length of zero is NaN, as Keras's.
ir::Tensor unit_vectors(ir::Tensor x, const ir::Integers& dimensions,
                        double smallest_length = kEpsilon);

}  // namespace kiln::keras
