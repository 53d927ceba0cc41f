// Computes at compile time what depends on constants alone.
#pragma once

#include "ir/op.h"

namespace kiln::passes {

/// Replaces ops whose operands are all constants by constants, by the ops' own reference meaning.
/// Splats stay splats, whatever their size; beyond that, neither a result of more than
/// kLargestFoldedConstant elements is spelled out, nor more than kMostFoldingSteps elementary steps
/// spent on one op. Random bits are not folded: a file of them would replace eight bytes of key.
/// True if anything changed. What is no longer read is left for dead code.
///
///     %0 = constant {value = dense<3.0>} : tensor<1000x1000xf32>
///     %1 = multiply %0, %0 : tensor<1000x1000xf32>
/// becomes
///     %0 = constant {value = dense<3.0>} : tensor<1000x1000xf32>
///     %1 = constant {value = dense<9.0>} : tensor<1000x1000xf32>
bool fold_constants(ir::Region& region);

/// Elements of a constant that is spelled out, at most: 256 KiB of f32 in the program. Chosen, not
/// measured.
inline constexpr int64_t kLargestFoldedConstant = int64_t{1} << 16;
/// Elementary steps that the interpreter spends on one op, at most: some ten milliseconds of it.
/// Chosen, not measured; `tests/benchmarks:pass_time` times the pass.
inline constexpr int64_t kMostFoldingSteps = int64_t{1} << 20;

}  // namespace kiln::passes
