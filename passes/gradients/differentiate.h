// Gradients as ordinary ops.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Replaces every `gradient` op by the ops that compute it: a walk from the loss back to the values
/// asked for, applying each op's rule (passes/gradients) and adding up the adjoints of values used
/// more than once. Only ops on a path between the two are differentiated; a value with no path to
/// the loss gets a zero constant. New ops carry the location of the op they differentiate, with
/// "grad" below it. Gradients of gradients work: ops are replaced in order.
/// An op on a path that has no rule is an error at that op's location; the module is then valid,
/// but keeps `gradient` ops.
///
///     %1 = multiply %0, %0 : tensor<f32>
///     %2 = sine %1 : tensor<f32>
///     %3 = gradient %2, %0 : tensor<f32>
///     return %3
/// becomes, once simplified,
///     %1 = multiply %0, %0 : tensor<f32>
///     %2 = cosine %1 : tensor<f32>
///     %3 = multiply %2, %0 : tensor<f32>
///     %4 = add %3, %3 : tensor<f32>
///     return %4
Status differentiate(ir::Module& module);

}  // namespace kiln::passes
