// The trained state of a model's file, for executables that carry it.
#pragma once

#include <string>

#include "codegen/program/checkpoint.h"
#include "ir/module.h"
#include "runtime/base/expected.h"
#include "runtime/model/weights.h"

namespace kiln {

/// What an executable of `module` carries of the weights in the file at `path`: their values and,
/// where the file and the module have them, the optimizer's state and that of random generators.
/// `files` reads it. The names of classes and the vocabulary come from the files at `class_names`
/// and `vocabulary`, or, where these are empty, from those that training left beside `path`, if any.
Expected<codegen::Checkpoint> read_checkpoint(const ir::Module& module,
                                              const runtime::WeightFiles& files,
                                              const std::string& path, std::string class_names,
                                              std::string vocabulary);

}  // namespace kiln
