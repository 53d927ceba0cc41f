// What this compiler is made of.
#pragma once

#include <string>

namespace kiln::codegen {

/// "kiln 0.1.0", then Halide's and LLVM's versions and this machine's target, a line each.
std::string version_text();

}  // namespace kiln::codegen
