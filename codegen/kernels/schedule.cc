#include "codegen/kernels/schedule.h"

#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/gpu/templates.h"

namespace kiln::codegen {

const ir::Op& root_op(const ir::Region& region, std::string_view name) {
  for (const auto& op : region.ops()) {
    if (op->is(name)) return *op;
  }
  KILN_CHECK(false, "fusion without a {}", name);
}

int64_t divisor_at_most(int64_t count, int64_t limit) {
  for (int64_t divisor = std::min(count, limit); divisor > 1; --divisor) {
    if (count % divisor == 0) return divisor;
  }
  return 1;
}

namespace {

/// The sizes of the outputs are constants, like those of the inputs.
void fix_output_sizes(Algorithm& algorithm) {
  for (Output& result : algorithm.outputs) {
    Halide::Func& output = result.func;
    const ir::Shape& shape = result.shape;
    const int rank = output.dimensions();
    bool first = true;  // Halide takes the other buffers of a Tuple to have the first one's extents
    for (Halide::OutputImageParam buffer : output.output_buffers()) {
      int stride = 1;
      for (int d = 0; d < rank; ++d) {
        const auto extent = static_cast<int>(shape[static_cast<size_t>(rank - 1 - d)]);
        buffer.dim(d).set_stride(stride);
        if (first) buffer.dim(d).set_bounds(0, extent);
        stride *= extent;
      }
      first = false;
    }
    for (int d = 0; d < rank; ++d) {
      output.bound(output.args()[static_cast<size_t>(d)], 0,
                   static_cast<int>(shape[static_cast<size_t>(rank - 1 - d)]));
    }
  }
}

}  // namespace

void schedule(Algorithm& algorithm, const ir::Region& region, const std::string& kind,
              const Target& target) {
  fix_output_sizes(algorithm);
  if (target.device == KILN_CPU) return cpu::schedule(algorithm, region, kind, target);
  gpu::schedule(algorithm, region, kind, target);
}

}  // namespace kiln::codegen
