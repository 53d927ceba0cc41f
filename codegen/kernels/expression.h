// The Halide expression of each op: what one result element is, given its operands' elements.
#pragma once

#include <Halide.h>

#include <vector>

#include "ir/op.h"

namespace kiln::codegen {

/// The Halide type that a value of this element type has inside a kernel (i1 is Bool).
Halide::Type compute_type(ir::ElementType element);
/// The Halide type that it has in memory (i1 is UInt(8)).
Halide::Type storage_type(ir::ElementType element);

/// What sums of this element type are kept in: f32 for the half precisions.
Halide::Type accumulator_type(ir::ElementType element);

/// An elementwise op's result from its operands' elements, in compute types.
Halide::Expr elementwise_expression(const ir::Op& op, const std::vector<Halide::Expr>& operands);

/// The op `select`, from both of its values. Where a select's condition is the same for all
/// elements, Halide skips the stored values that it does not need; the host of a device with memory
/// of its own, which cannot look at the condition, would have to decide that.
Halide::Expr eager_select(const Halide::Expr& condition, const Halide::Expr& a,
                          const Halide::Expr& b);

/// direction: EQ, NE, LT, LE, GT, GE; false where an operand is NaN, NE true.
Halide::Expr compare(const std::string& direction, Halide::Expr a, Halide::Expr b);

/// How a reducer combines two elements, and what it starts from.
Halide::Expr combine(const std::string& reducer, Halide::Expr a, Halide::Expr b);
Halide::Expr reduction_identity(const std::string& reducer, Halide::Type type);

/// `x`, in a form in which LLVM does not see what computed it. Loops of sums and series run under
/// Halide's assumption that no float is NaN or infinite; LLVM carries that on to whatever asks
/// about their results, unless this stands between: a choice between words, of one NaN and others.
Halide::Expr hide_origin(const Halide::Expr& x);

/// Element `index` of rng_bit_generator's bits: Threefry-2x32-20 as in ir/ops/threefry.h.
Halide::Expr random_bits_expression(Halide::Expr key, Halide::Expr stream, Halide::Expr index);

/// Whether all elements of a literal are the same.
bool is_uniform(const ir::Literal& literal);
/// One of its elements.
Halide::Expr element_expression(const ir::Literal& literal, int64_t i);

}  // namespace kiln::codegen
