// Reductions that several families of operations are made of.
#pragma once

#include <optional>
#include <string_view>

#include "frontend/keras/operations/arguments.h"

namespace kiln::keras {

/// reducer: add or multiply; narrow integers in int32.
Expected<ir::Tensor> sum_or_product(ir::Tensor x, std::string_view reducer,
                                    const AxesArgument& axes, bool keepdims);
/// The largest (maximum) or smallest; `initial` counts as an element.
Expected<ir::Tensor> extreme(ir::Tensor x, std::string_view reducer, const AxesArgument& axes,
                             bool keepdims, const std::optional<Operand>& initial);
/// Where the first largest (maximum) or smallest stands, i32; without an axis, among all.
Expected<ir::Tensor> index_of(ir::Tensor x, std::string_view reducer, std::optional<int64_t> axis,
                              bool keepdims);
/// Sums (or products) of all elements up to each.
ir::Tensor accumulate(ir::Tensor x, int64_t dimension, bool product);
/// The same along an axis, or of all elements, in a type.
Expected<ir::Tensor> cumulative(ir::Tensor x, std::optional<int64_t> axis,
                                const DtypeArgument& dtype, bool product);

}  // namespace kiln::keras
