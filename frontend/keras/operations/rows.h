// Whether what an operation builds keeps the rows of a batch apart. kiln fills the last batch of a
// data set up with rows that must count for nothing; an operation that mixed rows would let them
// count.
#pragma once

#include "ir/op.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// `a` and `b` are the same ops, built for two sizes of a batch: the extents that differ are the
/// batch's. An error where a result's row depends on other rows, or where nothing tells that it does
/// not.
Status check_rows_apart(const ir::Region& a, const ir::Region& b);

}  // namespace kiln::keras
