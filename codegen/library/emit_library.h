// A model's library as an object file: its C functions, the step functions that they call, and the
// values that it carries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/library/interface.h"
#include "codegen/program/checkpoint.h"
#include "codegen/program/emit_program.h"

namespace kiln::codegen {

/// Inputs and what the model computes of them.
struct SelfTest {
  std::vector<std::string> inputs;   ///< the bytes of each of the function's inputs
  std::vector<std::string> outputs;  ///< likewise, f32
};

/// What a library is made of.
struct LibrarySource {
  const ir::Module& module;
  const ModulePlan& plan;
  const ProgramSource::ForTarget& target;  ///< its kernels are freestanding
  const LibraryInterface& interface;
  const Checkpoint* checkpoint = nullptr;  ///< null: the variables' values do not come with it
  std::vector<std::string> class_names;
  const SelfTest* self_test = nullptr;  ///< null: none
  uint32_t abi = 0;                     ///< the header's
};

/// The object file that defines what library_header() declares, and leaves the kernels undefined.
Expected<std::string> emit_library(const LibrarySource& source);

}  // namespace kiln::codegen
