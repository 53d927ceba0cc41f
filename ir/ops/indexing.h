// The definitions of gather and scatter.
#pragma once

#include <vector>

#include "ir/ops/definition.h"

namespace kiln::ir {

void add_indexing_ops(std::vector<OpDefinition>& ops);

}  // namespace kiln::ir
