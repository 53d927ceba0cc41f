// The C header of a model's library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/library/interface.h"
#include "ir/module.h"

namespace kiln::codegen {

struct LibraryHeader {
  std::string text;  ///< C11, and C++ as well
  uint32_t abi = 0;  ///< NAME_ABI: a hash of all that it declares
};

/// `class_names`: those of the model's classes, where they are known; the library defines them as
/// NAME_class_names.
LibraryHeader library_header(const ir::Module& module, const LibraryInterface& interface,
                             const std::vector<std::string>& class_names);

}  // namespace kiln::codegen
