// Shared memory in PTX that Halide generated.
#pragma once

#include <string>
#include <string_view>

namespace kiln::runtime {

/// The PTX with its shared memory declared. Halide's kernels take theirs to begin at address 0,
/// which was so once; from compute capability 9.0 on the first KiB belongs to the system, and only
/// a symbol tells where a block's own memory begins (PTX ISA, 5.1.6.1, `extern .shared`). Text
/// without accesses to shared memory comes back as it is.
std::string declare_shared_memory(std::string_view ptx);

}  // namespace kiln::runtime
