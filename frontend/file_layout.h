// Where Keras's files keep a model's variables, for its executable.
#pragma once

#include "codegen/program/file_layout.h"
#include "frontend/keras/model/model.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln {

/// The layout of a model's files, with the places of its variables in `module`, to which it was
/// lowered. An object of which the module lacks variables is left out: the optimizer's, where the
/// model is to predict alone.
Expected<codegen::FileLayout> file_layout(const keras::Model& model, const ir::Module& module);

}  // namespace kiln
