// The kernels of kiln's example models as GPUs get them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codegen/kernels/compile.h"
#include "codegen/target.h"
#include "runtime/base/expected.h"

namespace kiln::tests {

/// One distinct kernel of a model.
struct GpuKernel {
  std::string kind;      ///< of its fusion: "contraction"
  std::string function;  ///< the first that calls it: "train_step"
  std::string layer;     ///< where it stands, without the model's name
  codegen::DeviceCode code;
};

/// All kernels of all functions of the example model at batch 32, in the order of their first call.
/// They compile on all CPUs at once; the error is the first kernel's that does not.
Expected<std::vector<GpuKernel>> gpu_kernels(std::string_view model, const codegen::Target& target);

}  // namespace kiln::tests
