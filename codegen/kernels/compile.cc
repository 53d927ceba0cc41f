#include "codegen/kernels/compile.h"

#include <Halide.h>

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/schedule.h"

namespace kiln::codegen {

void compile_kernel(const ir::Op& fusion, const std::string& name, const Target& target, const std::string& path) {
  Algorithm algorithm = build_algorithm(fusion.region());
  schedule(algorithm, fusion.region(), fusion.get<std::string>("kind"), target);
  std::vector<Halide::Argument> arguments(algorithm.inputs.begin(), algorithm.inputs.end());
  Halide::Pipeline(algorithm.outputs).compile_to_object(path, arguments, name, Halide::Target(target.halide));
}

std::string halide_version() {
  return fmt::format("{}.{}.{}", HALIDE_VERSION_MAJOR, HALIDE_VERSION_MINOR, HALIDE_VERSION_PATCH);
}

}  // namespace kiln::codegen
