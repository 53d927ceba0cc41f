// A table of the compiler's as an object file of its own, beside the program's.
#pragma once

#include <functional>
#include <string>

#include "codegen/program/constants.h"
#include "codegen/target.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// The object file that defines the constant `symbol`; `contents` makes it.
Expected<std::string> emit_table(const std::string& symbol, const Target& target,
                                 const std::function<llvm::Constant*(Constants&)>& contents);

}  // namespace kiln::codegen
