// What a library computes when it tests itself.
#pragma once

#include <string>
#include <vector>

#include "codegen/library/emit_library.h"
#include "codegen/program/checkpoint.h"
#include "ir/module.h"
#include "runtime/base/abi.h"
#include "runtime/base/expected.h"

namespace kiln {

/// The bytes of each of a function's inputs, drawn from a fixed seed: floats from 0 to 1, integers
/// that the model takes.
Expected<std::vector<std::string>> draw_inputs(const kiln_model& model,
                                               const kiln_function& function);

/// Inputs for the module's predict_step, by draw_inputs(), and what it computes for them on this machine with the values of the
/// checkpoint. Errors: outputs that are no f32.
Expected<codegen::SelfTest> make_self_test(const ir::Module& module,
                                           const codegen::Checkpoint& checkpoint);

}  // namespace kiln
