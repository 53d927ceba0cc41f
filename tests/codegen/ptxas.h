// CUDA's assembler, and what it says of kernels.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runtime/base/expected.h"

namespace kiln::tests {

/// What a kernel takes of a multiprocessor.
struct KernelResources {
  int registers = 0;            ///< of a thread, of 32 bits each
  int stack_bytes = 0;          ///< of a thread: arrays that are not in registers, and spills
  int spill_store_bytes = 0;    ///< of a thread
  int spill_load_bytes = 0;     ///< of a thread
  int static_shared_bytes = 0;  ///< of a block, beside what its launch asks for
};

/// By the name of the kernel in the source.
using ResourcesByEntry = std::map<std::string, KernelResources>;

/// Whether third_party/install.sh has installed it, and how it does.
bool has_ptxas();
inline constexpr std::string_view kInstallPtxas =
    "third_party/install.sh --for-tests, then bazel shutdown";

/// Assembles a file of PTX for an architecture ("sm_80"). The error is what ptxas says.
Expected<ResourcesByEntry> assemble(const std::string& ptx_path, std::string_view architecture);

}  // namespace kiln::tests
