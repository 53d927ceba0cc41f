// Which ops cost nothing to compute again.
#pragma once

#include "ir/op.h"

namespace kiln::passes {

/// Whether an op is copied to wherever it is read rather than computed once: its elements cost an
/// index computation only (constants, iota, broadcasts, slices, ...).
bool is_free(const ir::Op& op);

/// Whether the op is a constant whose elements lie in memory: neither one number for all, nor a
/// scalar.
bool is_dense_constant(const ir::Op& op);

/// Whether a value's elements are in memory once its region is fusions: an argument, the result of
/// an op that is not free, a dense constant, or a reshape, which is a view, of one of these.
bool is_addressable(const ir::Value& value);

}  // namespace kiln::passes
