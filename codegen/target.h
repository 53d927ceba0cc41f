// The machine that code is made for.
#pragma once

#include <string>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// A device, as the schedule templates see it, and the CPU that runs the program around its
/// kernels, as LLVM does.
struct Target {
  kiln_device_kind device = KILN_CPU;
  std::string halide;     ///< Halide's target string, "x86-64-linux-avx2-fma-..."
  std::string triple;     ///< LLVM's triple
  std::string cpu;        ///< LLVM's CPU name
  std::string features;   ///< LLVM's feature string
  int vector_bytes = 16;  ///< of one vector register
  int vector_registers = 16;
  int threads = 1;  ///< how many tasks a large kernel is cut into
  /// Of a GPU: what a block of threads may have.
  int block_threads = 0;
  int local_bytes = 0;

  int lanes(int element_bytes) const { return vector_bytes / element_bytes; }
  /// What the machine code depends on, for cache keys.
  std::string key() const;
  /// Halide's name without the features that kiln adds for its own sake.
  std::string display_name() const;
};

/// This machine, with kernels cut for `threads` threads.
Target host_target(int threads);

/// Kernels for GPUs: in OpenCL C for any device with 64-bit floats and shared virtual memory, or in
/// PTX for compute capability `capability`, 10 times, and later ones. The program is for this
/// machine.
Target opencl_target();
Target cuda_target(int capability = 80);

/// The target for that kind of device, by one of the functions above.
Target target_for(kiln_device_kind device, int threads, int cuda_capability = 80);

}  // namespace kiln::codegen
