// What an executable knows of Keras's files.
#pragma once

#include <string>

#include "codegen/target.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// kiln_file_layout (runtime/model/file_layout.h) before it is emitted.
struct FileLayout {
  std::string objects;
  std::string layers;
  std::string optimizers;  ///< empty: the model has none
};

/// The object file that defines `kiln_file_layout`.
Expected<std::string> emit_file_layout(const FileLayout& layout, const Target& target);

}  // namespace kiln::codegen
