// The machine that code is made for.
#pragma once

#include <string>
#include <string_view>

#include "runtime/expected.h"

namespace kiln::codegen {

/// A CPU, as the schedule templates and LLVM see it.
struct Target {
  std::string halide;     ///< Halide's target string, "x86-64-linux-avx2-fma-..."
  std::string triple;     ///< LLVM's triple
  std::string cpu;        ///< LLVM's CPU name
  std::string features;   ///< LLVM's feature string
  int vector_bytes = 16;  ///< of one vector register
  int vector_registers = 16;
  int threads = 1;  ///< how many tasks a large kernel is cut into

  int lanes(int element_bytes) const { return vector_bytes / element_bytes; }
  /// What the machine code depends on, for cache keys.
  std::string key() const;
};

/// This machine, with kernels cut for `threads` threads.
Target host_target(int threads);

}  // namespace kiln::codegen
