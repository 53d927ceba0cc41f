// What templates ask about ops that sum.
#pragma once

#include <vector>

#include "ir/op.h"
#include "ir/ops/convolution.h"

namespace kiln::codegen {

/// Multiply-adds of a dot_general or convolution.
int64_t multiply_adds(const ir::Op& product);

/// A dot_general's contracting dimensions, by their numbers in its attributes, as its Func's
/// reduced loops run: innermost first. The innermost one runs over what lies closest together in
/// the right operand, of which a tile reads the most.
std::vector<size_t> contracted_innermost_first(const ir::Op& dot);

/// The kernel's dimension that meets each dimension of a convolution's input; -1 for the batch. The
/// sums run along the input's memory, its innermost dimension first.
ir::Integers kernel_partners(const ir::Convolution& convolution, size_t rank);

/// The extents of a product's sums, as its Func's reduced loops run: innermost first.
ir::Shape summed_extents(const ir::Op& product);

/// The last of these: examples, in a convolution kernel's gradient.
int64_t outermost_sum(const ir::Op& product);

/// The dimensions of a product's result along which its left operand alone varies, outermost first.
/// Of a convolution's, examples: along positions, what padding leaves out varies, too.
ir::Integers row_dimensions(const ir::Op& product);

/// Whether neighbours along the last dimension of a product's result read neighbours in the memory
/// of its right operand.
bool right_lies_along_columns(const ir::Op& product);

/// How many neighbours along a product's last dimension may run in one vector: columns; features or
/// examples of a convolution, whose neighbours never meet padding apart.
int64_t vector_columns(const ir::Op& product);

/// Whether a reduce can be split into parts: Halide sees through all reducers but maximum and
/// minimum, which keep NaN.
bool can_be_split(const ir::Op& reduce);

}  // namespace kiln::codegen
