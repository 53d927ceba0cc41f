// What this compiler is made of.
#pragma once

#include <string>
#include <string_view>

namespace kiln::codegen {

/// Halide's and LLVM's versions: "21.0.0".
std::string halide_version();
std::string_view llvm_version();

/// A hash of all that kernels and programs depend on, besides what they are made from and the machine.
const std::string& code_version();
/// The same with what they are linked with: of two programs with the same, each finds in the cache
/// what the other has put there.
const std::string& build_version();

}  // namespace kiln::codegen
