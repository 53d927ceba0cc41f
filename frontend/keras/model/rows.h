// A batch's rows, of which the last may be padding.
#pragma once

#include <cstdint>

#include "ir/builder.h"

namespace kiln::keras {

/// Which rows of a batch are real.
struct Rows {
  ir::Tensor real;   ///< i1 [batch]: row index < count
  ir::Tensor count;  ///< f32 scalar
};
Rows count_rows(ir::Tensor count, int64_t batch);

/// values: [batch, ...], with zeros in the rows that are padding.
ir::Tensor without_padding(const Rows& rows, ir::Tensor values);

}  // namespace kiln::keras
