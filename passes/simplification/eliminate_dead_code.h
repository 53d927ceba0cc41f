// What nobody uses.
#pragma once

#include "ir/module.h"

namespace kiln::passes {

/// Drops ops without a used result, and in the regions of ops likewise: a fusion gives and takes
/// only what is used. At the function's border: a result bound to a variable that is that
/// variable's own argument unchanged goes, and so does an unused argument bound to a variable;
/// inputs and outputs are the caller's and stay. True if anything changed.
///
///     func @f(%0: tensor<i32> @steps, %1: tensor<4xf32> "x")
///         -> (tensor<i32> @steps, tensor<4xf32> "y") {
///       %2 = log %1 : tensor<4xf32>
///       %3 = negate %1 : tensor<4xf32>
///       return %0, %3
///     }
/// becomes
///     func @f(%0: tensor<4xf32> "x") -> (tensor<4xf32> "y") {
///       %1 = negate %0 : tensor<4xf32>
///       return %1
///     }
bool eliminate_dead_code(ir::Function& function);

}  // namespace kiln::passes
