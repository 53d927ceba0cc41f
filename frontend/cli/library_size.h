// What a library takes of a machine.
#pragma once

#include <cstdint>

#include "codegen/compile.h"
#include "runtime/base/expected.h"

namespace kiln::cli {

/// Prints bytes of code, constants and memory; where `verbose` also the tensors that take them.
void print_library(const codegen::Library& library, bool verbose);

/// Whether code and constants, which are in flash where there is one, take no more than `most`
/// bytes; 0: any. The error names the largest.
Status check_flash(const codegen::Library& library, int64_t most);
/// The same of arena and state.
Status check_ram(const codegen::Library& library, int64_t most);

}  // namespace kiln::cli
