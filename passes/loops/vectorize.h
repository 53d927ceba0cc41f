// An op for many steps at once: a batching rule per op, as in JAX's vmap.
#pragma once

#include <vector>

#include "ir/builder.h"

namespace kiln::passes {

/// Whether vectorize() knows the op.
bool can_vectorize(const ir::Op& op);

/// Appends what computes `op`, which has one result, for `count` steps at once: operands that
/// differ from step to step come `stacked`, with a leading dimension of `count`, the others as they
/// are. At least one is stacked. The result has the leading dimension. For five steps, each with a
/// %0 of its own, while %1 is the same in all of them:
///
///     %2 = transpose %0 {permutation = [1, 0]} : tensor<4x3xf32>
///     %3 = add %2, %1 : tensor<4x3xf32>
/// becomes
///     %2 = transpose %0 {permutation = [0, 2, 1]} : tensor<5x4x3xf32>
///     %3 = broadcast_in_dim %1 {broadcast_dimensions = [1, 2]} : tensor<5x4x3xf32>
///     %4 = add %2, %3 : tensor<5x4x3xf32>
ir::Tensor vectorize(const ir::Op& op, ir::Builder& builder,
                     const std::vector<ir::Tensor>& operands, const std::vector<bool>& stacked,
                     int64_t count);

/// Whether the sum of the op's results over all steps is an op of the same kind: a dot_general of
/// two stacked operands contracts the leading dimension too, a reduce by addition sums over it.
bool can_sum_over_steps(const ir::Op& op, const std::vector<bool>& stacked);

/// That sum, in the type of the op's result.
ir::Tensor sum_over_steps(const ir::Op& op, const std::vector<ir::Tensor>& operands);

}  // namespace kiln::passes
