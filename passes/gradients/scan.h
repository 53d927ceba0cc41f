// The gradient of a scan: a scan the other way.
#pragma once

#include <vector>

#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// d loss / d operand for every operand of `scan` that is `active`; null for the others, and where
/// the loss does not change with it. `adjoints` are those of the scan's results, null where there
/// is none. The ops go to `builder`, outside the scan; the scan itself gains outputs, the values of
/// each step that the steps of its gradient read ("residuals").
Expected<std::vector<ir::Tensor>> scan_gradient(ir::Op& scan, ir::Builder& builder,
                                                const std::vector<ir::Tensor>& adjoints,
                                                const std::vector<bool>& active);

}  // namespace kiln::passes
