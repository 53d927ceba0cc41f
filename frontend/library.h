// A model as a library for C.
#pragma once

#include <string>

#include "codegen/compile.h"
#include "frontend/compiler.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln {

/// What a library's functions are for.
enum class LibraryPurpose {
  predict,  ///< NAME_predict alone, with NAME_reset where it keeps states
  train,    ///< NAME_init, NAME_train_step, NAME_test_step, NAME_predict, ...
};

/// What is asked of a library.
struct LibraryRequest {
  std::string name;  ///< what its functions begin with, a C identifier
  LibraryPurpose purpose = LibraryPurpose::predict;
  bool tests_itself = false;  ///< NAME_self_test is there
};

/// Compiles a model's module as a library. The options' checkpoint is what it carries. Errors: there
/// is no such function in the module, or none that can test itself.
Expected<codegen::Library> compile_model_library(ir::Module module, const LibraryRequest& request,
                                                 const CompilerOptions& options,
                                                 codegen::CompileStatistics* statistics = nullptr);

}  // namespace kiln
