// Algebra: ops that can be left out, or put more simply.
#pragma once

#include "ir/builder.h"

namespace kiln::passes {

/// Applies the identities below to every op once. True if anything changed.
///
/// An identity holds bit for bit, NaN, infinities and the sign of zero included (of a NaN only that
/// it is one). So for floats x * 0, x - x and x / x stay, and x + 0 goes only where x cannot be -0,
/// for -0 + 0 is +0; adding -0 goes always. One liberty: f64 powers 2 and -1 become a product and
/// a quotient, which round correctly where a power may be off by an ulp.
bool simplify_identities(ir::Region& region);

// The identities by kind of op: the value to use in place of the op's only result, or null.
ir::Tensor simplify_arithmetic(const ir::Op& op, ir::Builder& builder);  ///< add, multiply, ...
ir::Tensor simplify_logic(const ir::Op& op,
                          ir::Builder& builder);  ///< select, and, or, not, convert
ir::Tensor simplify_movement(const ir::Op& op, ir::Builder& builder);  ///< reshape, transpose, ...
ir::Tensor simplify_pieces(const ir::Op& op, ir::Builder& builder);    ///< sums of padded pieces
ir::Tensor simplify_contraction(const ir::Op& op, ir::Builder& builder);  ///< reduce, dot_general

}  // namespace kiln::passes
