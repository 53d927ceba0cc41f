// Which values of a region are needed, and for what.
#pragma once

#include <unordered_set>

#include "ir/op.h"

namespace kiln::passes {

using Values = std::unordered_set<const ir::Value*>;

/// Adds the values of the region that those in `values` are computed from, in one walk backwards.
void add_sources(const ir::Region& region, Values& values);

/// Whether any result of the op is among them.
bool is_used(const ir::Op& op, const Values& used);

}  // namespace kiln::passes
