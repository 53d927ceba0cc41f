// The walk back from adjoints to the values they came from.
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// d loss / d value, by value.
using Adjoints = std::unordered_map<const ir::Value*, ir::Tensor>;

/// Appends to the region the ops that give the adjoint of each value in `wanted`, from the adjoints
/// of some values of the region's; null where no path leads there. `builder` appends to the region;
/// new ops carry the location of the op they differentiate, with "grad" below it. An op on a path
/// that has no rule is an error at its location. A scan on a path gains outputs: what its gradient
/// reads of every step.
Expected<std::vector<ir::Tensor>> reverse_walk(ir::Builder& builder,
                                               const std::vector<ir::Value*>& wanted,
                                               Adjoints adjoints);

}  // namespace kiln::passes
