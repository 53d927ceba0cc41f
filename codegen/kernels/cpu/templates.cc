#include "codegen/kernels/cpu/templates.h"

namespace kiln::codegen::cpu {

void schedule(Algorithm& algorithm, const ir::Region& region, const std::string& kind,
              const Target& target) {
  if (kind == "pointwise") return schedule_pointwise(algorithm, region, target);
  if (kind == "contraction") return schedule_contraction(algorithm, region, target);
  if (kind == "convolution") return schedule_convolution(algorithm, region, target);
  if (kind == "window") return schedule_window(algorithm, region, target);
  if (kind == "reduction") return schedule_reduction(algorithm, region, target);
  if (kind == "scatter") return schedule_scatter(algorithm, region, target);
  KILN_CHECK(kind == "serial", "no schedule for fusions of kind {}", kind);
  schedule_serial(algorithm, region, target);
}

}  // namespace kiln::codegen::cpu
