#include "codegen/kernels/schedule.h"

namespace kiln::codegen {

void schedule_reduction(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  schedule_serial(algorithm, region, target);
}

}  // namespace kiln::codegen
