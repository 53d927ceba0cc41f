// Machine code before it is linked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::codegen {

/// One relocatable object file.
struct ObjectFile {
  std::string name;   ///< without extension: "contraction_1f0c...", "program_77ab..."
  std::string bytes;  ///< ELF
  /// What a kernel takes beside its buffers: of a device's memory between its own launches, or of
  /// the memory that a freestanding one is given.
  int64_t temporary_bytes = 0;

  friend bool operator==(const ObjectFile&, const ObjectFile&) = default;
};

/// A whole module: its program, which defines `kiln_model`, then the kernels that it calls. What
/// the objects leave undefined is in runtime/device/halide_runtime.h, libc and libm; and in
/// runtime/device/kernel_calls.h, where there are kernels for devices.
struct ObjectCode {
  std::vector<ObjectFile> objects;
  bool opens_drivers = false;  ///< it has kernels for devices beside the CPU
};

}  // namespace kiln::codegen
