// From a fusion to an object file.
#pragma once

#include <string>

#include "codegen/target.h"
#include "ir/op.h"
#include "runtime/expected.h"

namespace kiln::codegen {

/// Compiles the fusion's region into an object file at `path` that defines the C function
///   int NAME(void* pool, halide_buffer_t* inputs..., halide_buffer_t* outputs...)
/// with outputs in output_order(). The object refers to the symbols of runtime/halide_runtime.h and
/// libm only. An error is what Halide says, at the fusion's location.
Status compile_kernel(const ir::Op& fusion, const std::string& name, const Target& target,
                      const std::string& path);

/// The bytes that the addresses of the fusion's buffers are multiples of.
int64_t buffer_alignment(const ir::Op& fusion);

/// Halide's version, for cache keys and --version.
std::string halide_version();

}  // namespace kiln::codegen
