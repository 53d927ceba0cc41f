#include "frontend/keras/functions/vectors.h"

namespace kiln::keras {

using ir::Tensor;

Tensor lengths(Tensor x, const ir::Integers& dimensions) {
  return sqrt(sum(square(x), dimensions, true));
}

Tensor unit_vectors(Tensor x, const ir::Integers& dimensions, double smallest_length) {
  return x * minimum(rsqrt(sum(square(x), dimensions, true)), 1 / smallest_length);
}

}  // namespace kiln::keras
