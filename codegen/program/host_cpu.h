// This machine in LLVM's words.
#pragma once

#include <string>

namespace kiln::codegen {

/// What LLVM wants to know of a CPU.
struct HostCpu {
  std::string triple;    ///< "x86_64-pc-linux-gnu"
  std::string cpu;       ///< "znver4"
  std::string features;  ///< "+avx,+avx2,...", sorted
};

HostCpu host_cpu();

}  // namespace kiln::codegen
