// Inverse and hyperbolic functions, put together from the IR's.
#pragma once

#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// In f32, within a few units in the last place.
ir::Tensor arctan(ir::Tensor x);
ir::Tensor arcsin(ir::Tensor x);
ir::Tensor arccos(ir::Tensor x);
/// The angle of the point (x, y), in [-pi, pi], with C's rules for zeros and infinities.
ir::Tensor arctan2(ir::Tensor y, ir::Tensor x);
/// f(x) computed in f32 for narrower types; f64, for which f is not exact enough, is refused.
Expected<ir::Tensor> in_f32(ir::Tensor x, ir::Tensor (*f)(ir::Tensor));

ir::Tensor sinh(ir::Tensor x);
ir::Tensor cosh(ir::Tensor x);
ir::Tensor arcsinh(ir::Tensor x);
ir::Tensor arccosh(ir::Tensor x);
ir::Tensor arctanh(ir::Tensor x);

}  // namespace kiln::keras
