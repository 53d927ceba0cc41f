// Less work for the same results.
#pragma once

#include <span>
#include <string_view>

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Folds constants, applies identities, merges common subexpressions and drops dead code, in all
/// functions and in the regions of their ops, until nothing changes. What a function computes stays
/// the same bit for bit (see the parts for what that means with NaN and the sign of zero). One
/// rewrite makes room for the next: here the folded predicate decides the choice, and what the
/// other branch computed is dead.
///
///     func @f(%0: tensor<f32> "x") -> (tensor<f32> "y") {
///       %1 = constant {value = dense<1>} : tensor<i32>
///       %2 = constant {value = dense<2>} : tensor<i32>
///       %3 = compare %1, %2 {direction = "LT"} : tensor<i1>
///       %4 = exponential %0 : tensor<f32>
///       %5 = select %3, %0, %4 : tensor<f32>
///       return %5
///     }
/// becomes
///     func @f(%0: tensor<f32> "x") -> (tensor<f32> "y") {
///       return %0
///     }
Status simplify(ir::Module& module);

/// One of the rewrites that simplify() repeats.
struct Simplification {
  std::string_view name;  ///< as `--passes=` spells it: "eliminate-dead-code"
  std::string_view summary;
  bool (*run)(ir::Function& function);  ///< once; true if anything changed
};

/// All of them, in the order in which each round runs them.
std::span<const Simplification> simplifications();

}  // namespace kiln::passes
