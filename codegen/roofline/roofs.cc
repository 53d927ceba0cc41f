#include "codegen/roofline/roofs.h"

namespace kiln::codegen {

Bound bound_of(const KernelWork& kernel, const Roofs& roofs) {
  Bound bound = {"FMA", kernel.arithmetic.flops / roofs.flops_per_second};
  const auto raise = [&](const std::string& name, double seconds) {
    if (seconds > bound.seconds) bound = {name, seconds};
  };
  raise("divider", kernel.arithmetic.divisions / roofs.divisions_per_second +
                       kernel.arithmetic.roots / roofs.roots_per_second);
  double held_nearer = 0;
  for (const MemoryLevel& level : roofs.levels) {
    double bytes = 0;
    for (const Access& access : kernel.accesses)
      bytes += access.working_set > held_nearer ? access.bytes : 0;
    raise(level.name, bytes / level.bytes_per_second);
    held_nearer = level.capacity;
  }
  return bound;
}

FunctionBound bound_of(const std::vector<KernelWork>& kernels, const Roofs& roofs) {
  FunctionBound total;
  for (const KernelWork& kernel : kernels) {
    const Bound bound = bound_of(kernel, roofs);
    total.seconds += bound.seconds;
    total.seconds_by_bound[bound.name] += bound.seconds;
  }
  return total;
}

}  // namespace kiln::codegen
