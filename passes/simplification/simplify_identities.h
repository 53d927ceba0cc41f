// Algebra: ops that can be left out, or put more simply.
#pragma once

#include <span>
#include <string_view>

#include "ir/builder.h"

namespace kiln::passes {

/// Applies the identities below to every op once. True if anything changed.
///
/// An identity holds bit for bit, NaN, infinities and the sign of zero included (of a NaN only that
/// it is one). So for floats x * 0, x - x and x / x stay, and x + 0 goes only where x cannot be -0,
/// for -0 + 0 is +0; adding -0 goes always. One liberty: f64 powers 2 and -1 become a product and
/// a quotient, which round correctly where a power may be off by an ulp.
///
///     %1 = constant {value = dense<1.0>} : tensor<4xf32>
///     %2 = multiply %0, %1 : tensor<4xf32>                            what read %2 reads %0
///     %3 = transpose %4 {permutation = [1, 0]} : tensor<4x3xf32>
///     %5 = transpose %3 {permutation = [1, 0]} : tensor<3x4xf32>      what read %5 reads %4
bool simplify_identities(ir::Region& region);

/// Identities of one kind of op.
struct IdentityFamily {
  std::string_view name;  ///< as `--passes=` spells it: "simplify-arithmetic"
  std::string_view summary;
  /// The value to use in place of the op's only result, or null.
  ir::Tensor (*simplify)(const ir::Op& op, ir::Builder& builder);
};

/// All families; of several that know an op, the first one simplifies it.
std::span<const IdentityFamily> identity_families();

/// Applies these families alone, to every op once. True if anything changed.
bool apply_identities(ir::Region& region, std::span<const IdentityFamily> families);

// The families, a file each.
ir::Tensor simplify_arithmetic(const ir::Op& op, ir::Builder& builder);
ir::Tensor simplify_logic(const ir::Op& op, ir::Builder& builder);
ir::Tensor simplify_movement(const ir::Op& op, ir::Builder& builder);
ir::Tensor simplify_pieces(const ir::Op& op, ir::Builder& builder);
ir::Tensor simplify_contraction(const ir::Op& op, ir::Builder& builder);

}  // namespace kiln::passes
