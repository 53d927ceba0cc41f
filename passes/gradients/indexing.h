// The derivatives of gather and scatter.
#pragma once

#include "passes/gradients/gradients.h"

namespace kiln::passes {

void add_indexing_gradients(std::vector<Gradient>& table);

}  // namespace kiln::passes
