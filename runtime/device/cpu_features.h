// What a CPU must be able to do, by the names that code for it goes by.
#pragma once

#include <string_view>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Whether this CPU, and the system on it, has one of GCC's features: "avx2", "avx512f".
bool cpu_has(std::string_view feature);

/// An error that names what the CPU lacks of `target`, a kiln_target's name for a CPU:
/// "x86-64-linux-avx2-fma-...". `has` answers for the CPU.
Status check_cpu(std::string_view target, bool (*has)(std::string_view feature) = cpu_has);

}  // namespace kiln::runtime
