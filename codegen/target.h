// The machine that code is made for.
#pragma once

#include <string>

#include "codegen/machine.h"
#include "runtime/base/abi.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// The machine that kernels run on, in facts: no template asks which kind of device it is. And the
/// CPU that runs the program around them, in LLVM's words.
struct Target {
  kiln_device_kind device = KILN_CPU;  ///< for names, and for the driver that runs the kernels
  std::string halide;                  ///< Halide's name for it, "x86-64-linux-avx2-fma-..."
  std::string triple;                  ///< LLVM's triple
  std::string cpu;                     ///< LLVM's CPU name
  std::string features;                ///< LLVM's feature string

  // A CPU's core, and how many there may be.
  int vector_bytes = 16;      ///< of one vector register
  int vector_registers = 16;  ///< that the instruction set names
  /// Of the data cache next to a core: the least that today's have, not this machine's, so that
  /// kernels depend on vectors alone.
  int nearest_cache_bytes = 32 * 1024;
  int threads = 1;  ///< how many tasks a large kernel is split into
  /// Kernels call on nothing: their tasks run one after the other, and what they take beside their
  /// buffers, an object file's temporary_bytes, is in the memory that is their first argument.
  bool is_freestanding = false;

  // A GPU's launches: blocks of threads.
  int block_threads = 0;        ///< of one block, at most; 0: kernels are tasks, and no launches
  int shared_bytes = 0;         ///< of the memory that a block's threads share, at most
  int grid_blocks_yz = 0;       ///< blocks along a launch's second and third dimension, at most
  int wide_load = 1;            ///< 32-bit values that one load of a thread brings, at most
  bool has_vector_code = true;  ///< Halide's code generator for it takes vectors

  /// Tensors are in memory of its own, which code around the kernels cannot read.
  bool has_own_memory = false;
  /// A kernel can bring a table of constants along.
  bool has_constant_tables = true;
  bool has_half_floats = true;       ///< it computes with f16 and bf16
  bool has_bfloat16_code = true;     ///< Halide's code generator knows bf16 as a number
  bool has_double_constants = true;  ///< Halide's code generator writes all digits of an f64

  bool has_launches() const { return block_threads > 0; }
  int lanes(int element_bytes) const { return vector_bytes / element_bytes; }
  /// What the machine code depends on, for cache keys.
  std::string key() const;
};

/// A CPU, with kernels split for `threads` threads.
Target host_target(int threads, const Machine& machine = this_machine());
/// The same without threads and heap.
Target freestanding_target(int tasks, const Machine& machine = this_machine());

/// Kernels for GPUs: in OpenCL C for any device with 64-bit floats and shared virtual memory, or in
/// PTX for compute capability `capability`, 10 times, and later ones. The program around them is for
/// this machine.
Target opencl_target();
Target cuda_target(int capability = 80);

/// The target for that kind of device, by one of the functions above.
Target target_for(kiln_device_kind device, int threads, int cuda_capability = 80,
                  const Machine& cpu = this_machine());

}  // namespace kiln::codegen
