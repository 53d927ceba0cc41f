// Where every buffer lives.
#pragma once

#include <string>

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Buffers start at multiples of this many bytes.
inline constexpr int64_t kBufferAlignment = 64;

/// Gives every variable its `offset` in the state block (the module's `state_bytes`); where the
/// module is marked `weights_apart`, those that no function changes have offsets in a block of their
/// own (`block` is "weights", the module's `weight_bytes`). Gives every fusion its `buffers`, an ir::Placement per result:
///   state:NAME     the variable's own place: the new value is written over the old one
///   output:NAME    the caller's buffer of that output
///   carry:INDEX    within a scan: the buffer of that result of the scan, which holds the carry
///                  from the first step on
///   stack:INDEX    within a scan: the step's slice of that result of the scan
///   arena+OFFSET   a temporary; two overlap only if they are not live at once, or if the fusion
///                  writes its result over an operand that dies there, element by element
/// A new value goes in place if no op reads the old one afterwards and the fusion that computes it
/// reads it, if at all, at the element that it writes. Where that does not hold, or where a result
/// is bound twice, a fusion that copies is added at the end; for a result that is an argument, at
/// the start. Carries of a scan are treated as variables are, within its region. A scan's results
/// have buffers, too; what its region needs of the arena is taken while it runs, at offsets from
/// the arena's start like all others. Fusions in a scan whose slices do not start at multiples of
/// kBufferAlignment say so: `buffer_alignment`; so do those that read inputs or write outputs, where
/// the module's `caller_alignment` says that callers align them to less. Functions get `arena_bytes`, and
/// `arena_lower_bound`: the largest sum of temporaries that are live at once.
///
///     func @step(%0: tensor<8xf32> @w, %1: tensor<8xf32> "x") -> (tensor<8xf32> @w) {
///       %2 = fusion %1 {kind = "serial"} : tensor<8xf32> region(%3: tensor<8xf32>) {
///         %4 = exponential %3 : tensor<8xf32>
///         return %4
///       }
///       %5 = fusion %0, %2 {kind = "serial"} : tensor<8xf32>
///           region(%6: tensor<8xf32>, %7: tensor<8xf32>) {
///         %8 = subtract %6, %7 : tensor<8xf32>
///         return %8
///       }
///       return %5
///     }
/// becomes
///     func @step(%0: tensor<8xf32> @w, %1: tensor<8xf32> "x") -> (tensor<8xf32> @w)
///         attributes {arena_bytes = 64, arena_lower_bound = 64} {
///       %2 = fusion %1 {buffers = ["arena+0"], kind = "serial"} : tensor<8xf32> {...}
///       %5 = fusion %0, %2 {buffers = ["state:w"], kind = "serial"} : tensor<8xf32> {...}
///       return %5
///     }
Status plan_memory(ir::Module& module);

/// A table of a planned function's buffers, by offset, with size, life and location: for people.
std::string describe_memory_plan(const ir::Function& function);

}  // namespace kiln::passes
