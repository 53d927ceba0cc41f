// Losses between numbers.
#include "frontend/keras/losses/losses.h"

namespace kiln::keras {

using ir::Tensor;

Tensor mean_squared_error(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor& p = prediction.tensor;
  return mean(square(p - y), {p.rank() - 1});
}

Tensor mean_absolute_error(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor& p = prediction.tensor;
  return mean(abs(p - y), {p.rank() - 1});
}

}  // namespace kiln::keras
