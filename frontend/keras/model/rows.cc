#include "frontend/keras/model/rows.h"

namespace kiln::keras {

using ir::Tensor;

Rows count_rows(Tensor count, int64_t batch) {
  ir::LocationScope scope(*count.builder, "rows");
  const Tensor index = count.builder->iota({ir::ElementType::i32, {batch}}, 0);
  return {compare(index, "LT", count), convert(count, ir::ElementType::f32)};
}

Tensor without_padding(const Rows& rows, Tensor values) {
  const Tensor real = broadcast_in_dim(rows.real, values.shape(), {0});
  return select(real, values, 0.0);
}

}  // namespace kiln::keras
