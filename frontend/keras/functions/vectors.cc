#include "frontend/keras/functions/vectors.h"

namespace kiln::keras {

using ir::Tensor;

Tensor lengths(Tensor x, const ir::Integers& dimensions) {
  return sqrt(sum(square(x), dimensions, true));
}

Tensor unit_vectors(Tensor x, const ir::Integers& dimensions, double smallest_length) {
  // The limit is put below the root, where the derivative stays finite at a length of zero.
  return x * rsqrt(maximum(sum(square(x), dimensions, true), smallest_length * smallest_length));
}

}  // namespace kiln::keras
