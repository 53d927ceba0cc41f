// The memory that a GPU's kernel allocates between its own launches.
#pragma once

#include <Halide.h>

#include <cstdint>

namespace kiln::codegen {

/// The sum of all that a lowered kernel for a GPU takes of runtime::Temporaries in one call. What
/// its host computes depends on no input, so it is computed here. Throws a Halide::Error where that
/// fails.
int64_t temporary_bytes(const Halide::Module& module);

}  // namespace kiln::codegen
