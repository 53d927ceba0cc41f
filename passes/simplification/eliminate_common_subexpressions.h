// One op where several compute the same.
#pragma once

#include "ir/op.h"

namespace kiln::passes {

/// Within each region, replaces an op by an earlier one of the same definition, attributes, types
/// and operands (in either order where the op is commutative). The earlier one's location stays.
/// Ops with regions are left alone, the ops inside are not. True if anything changed.
///
///     %1 = exponential %0 : tensor<4xf32>          %1 = exponential %0 : tensor<4xf32>
///     %2 = exponential %0 : tensor<4xf32>    =>    %2 = add %1, %1 : tensor<4xf32>
///     %3 = add %1, %2 : tensor<4xf32>
bool eliminate_common_subexpressions(ir::Region& region);

}  // namespace kiln::passes
