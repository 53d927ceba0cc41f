// The C header of a model's library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/library/interface.h"
#include "ir/module.h"

namespace kiln::codegen {

/// The header's text: C11, and C++ as well. `class_names`: those of the model's classes, where they
/// are known; the library defines them as NAME_class_names.
std::string library_header(const ir::Module& module, const LibraryInterface& interface,
                           const std::vector<std::string>& class_names);

/// A hash of all that the header declares, its NAME_ABI.
uint32_t library_abi(const ir::Module& module, const LibraryInterface& interface,
                     const std::vector<std::string>& class_names);

}  // namespace kiln::codegen
