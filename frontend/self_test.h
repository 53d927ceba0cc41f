// What a library computes when it tests itself.
#pragma once

#include "codegen/library/emit_library.h"
#include "codegen/program/checkpoint.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln {

/// Inputs for the module's predict_step, by Predictor::draw_inputs(), and what it computes for them on this machine with the values of the
/// checkpoint. Errors: outputs that are no f32.
Expected<codegen::SelfTest> make_self_test(const ir::Module& module,
                                           const codegen::Checkpoint& checkpoint);

}  // namespace kiln
