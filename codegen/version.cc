#include "codegen/version.h"

#include <fmt/format.h>

#include "codegen/kernels/compile.h"
#include "codegen/program/emit_program.h"
#include "codegen/target.h"

namespace kiln::codegen {

std::string version_text() {
  const Target target = host_target(1);
  return fmt::format("kiln 0.1.0\nHalide {}\nLLVM {}\ntarget {} ({})", halide_version(),
                     llvm_version(), target.halide, target.cpu);
}

}  // namespace kiln::codegen
