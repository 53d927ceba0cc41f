// The order of execution.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Reorders every function's ops, topologically, so that little is live at once: of the ops that
/// are ready, the one that adds least to the live bytes comes next, the earlier one on a tie. Ops
/// that read a variable come before the one that computes its new value where dependences allow, so
/// that the new value can be written in place. (List scheduling; the priority is the growth of the
/// live bytes.)
///
///     func @step(%0: tensor<8xf32> @w, %1: tensor<8xf32> "g")
///         -> (tensor<8xf32> @w, tensor<8xf32> "y") {
///       %2 = subtract %0, %1 : tensor<8xf32>
///       %3 = exponential %0 : tensor<8xf32>
///       return %2, %3
///     }
/// becomes
///     func @step(%0: tensor<8xf32> @w, %1: tensor<8xf32> "g")
///         -> (tensor<8xf32> @w, tensor<8xf32> "y") {
///       %2 = exponential %0 : tensor<8xf32>
///       %3 = subtract %0, %1 : tensor<8xf32>
///       return %3, %2
///     }
Status order(ir::Module& module);

}  // namespace kiln::passes
