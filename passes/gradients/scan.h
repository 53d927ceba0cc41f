// The gradient of a scan: a scan the other way.
#pragma once

#include <vector>

#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// d loss / d operand for every operand of `scan` that is `active`; null for the others, and where
/// the loss does not change with it. `adjoints` are those of the scan's results, null where there
/// is none. The ops go to `builder`, outside the scan; the scan itself gains outputs, the values of
/// each step that the steps of its gradient read ("residuals"). Of five steps of h * w:
///
///     %2 = scan %h, %w {carries = 1, stacked = 0, trip_count = 5} : tensor<f32>
///         region(%3: tensor<f32>, %4: tensor<f32>) {
///       %5 = multiply %3, %4 : tensor<f32>
///       return %5
///     }
/// becomes, for the gradient of %2 with respect to %w,
///     %2, %all = scan %h, %w {carries = 1, stacked = 0, trip_count = 5}
///         : tensor<f32>, tensor<5xf32> region(%3: tensor<f32>, %4: tensor<f32>) {
///       %5 = multiply %3, %4 : tensor<f32>
///       return %5, %3
///     }
///     %dh, %dw = scan %one, %zero, %all, %w
///         {carries = 2, reverse = true, stacked = 1, trip_count = 5} : tensor<f32>, tensor<f32>
///         region(%6: tensor<f32>, %7: tensor<f32>, %8: tensor<f32>, %9: tensor<f32>) {
///       %10 = multiply %6, %9 : tensor<f32>
///       %11 = multiply %6, %8 : tensor<f32>
///       %12 = add %7, %11 : tensor<f32>
///       return %10, %12
///     }
Expected<std::vector<ir::Tensor>> scan_gradient(ir::Op& scan, ir::Builder& builder,
                                                const std::vector<ir::Tensor>& adjoints,
                                                const std::vector<bool>& active);

}  // namespace kiln::passes
