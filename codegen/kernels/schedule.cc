#include "codegen/kernels/schedule.h"

#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/gpu/templates.h"

namespace kiln::codegen {

int64_t divisor_at_most(int64_t count, int64_t limit) {
  for (int64_t divisor = std::min(count, limit); divisor > 1; --divisor) {
    if (count % divisor == 0) return divisor;
  }
  return 1;
}

Halide::TailStrategy tail_of(int64_t extent, int64_t step, Halide::TailStrategy ragged) {
  return extent % step == 0 ? Halide::TailStrategy::RoundUp : ragged;
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

using Template = void (*)(Algorithm& algorithm, const ir::Region& region, const Target& target);

/// The schedule templates of a kind of fusion: tasks on a CPU, launches on a GPU.
struct Templates {
  Template tasks;
  Template launches;
};

/// The one table of them.
Templates templates_of(ir::FusionKind kind) {
  switch (kind) {
    case ir::FusionKind::contraction:
      return {cpu::schedule_contraction, gpu::schedule_one_shape};
    case ir::FusionKind::convolution:
      return {cpu::schedule_convolution, gpu::schedule_one_shape};
    case ir::FusionKind::reduction:
      return {cpu::schedule_reduction, gpu::schedule_one_shape};
    case ir::FusionKind::window:
      return {cpu::schedule_window, gpu::schedule_one_shape};
    case ir::FusionKind::scatter:
      return {cpu::schedule_scatter, gpu::schedule_one_shape};
    case ir::FusionKind::pointwise:
      return {cpu::schedule_pointwise, gpu::schedule_one_shape};
    case ir::FusionKind::serial:
      return {cpu::schedule_serial, gpu::schedule_serial};
  }
  KILN_CHECK(false, "there is no fusion kind {}", static_cast<int>(kind));
}

}  // namespace

ProductTiles choose_tiles(const ir::Region& region, ir::FusionKind kind, const Target& target) {
  return target.has_launches() ? ProductTiles() : cpu::choose_tiles(region, kind, target);
}

void schedule(Algorithm& algorithm, const ir::Region& region, ir::FusionKind kind,
              const Target& target) {
  fix_output_sizes(algorithm);
  const Templates templates = templates_of(kind);
  const Template apply = target.has_launches() ? templates.launches : templates.tasks;
  apply(algorithm, region, target);
}

}  // namespace kiln::codegen
