// What a task is worth: into how many tasks a kernel's loops are split, and where sums are split
// (split-K) so that there are tasks. All follow from sizes and the target's most tasks, never from
// the number of threads that run them, which must not change a bit.
//
// The measure is what the thread pool takes to hand a task over, about a microsecond: a task of a
// few loses little to it. To measure these numbers again: `tests/benchmarks:op_sizes` times ops of
// growing size on one thread and on several, `tests/benchmarks --models MODEL -v` every kernel of a
// step.
#pragma once

#include <algorithm>
#include <cstdint>

#include "codegen/target.h"

namespace kiln::codegen::cpu {

/// Multiply-adds that are worth a task of their own. Chosen; op_sizes: 2.2 us on a Zen 4 core with
/// AVX-512.
inline constexpr int64_t kMultiplyAddsPerTask = 128 * 1024;

/// Elements, of an elementwise result or of what a reduce or window reads, that are worth a task of
/// their own: 64 KiB of f32. Chosen; op_sizes, on the same core: 2.0 us for an addition, 3.4 us for
/// sums of rows.
inline constexpr int64_t kElementsPerTask = 16 * 1024;

/// The most tasks for a kernel of so many multiply-adds, or elements; less than 2: it is not split.
inline int64_t tasks_for_products(const Target& target, int64_t multiply_adds) {
  return std::min<int64_t>(target.threads, multiply_adds / kMultiplyAddsPerTask);
}
inline int64_t tasks_for_elements(const Target& target, int64_t elements) {
  return std::min<int64_t>(target.threads, elements / kElementsPerTask);
}

/// Multiply-adds of a product whose sums are split, in tasks' worth: the partial
/// sums, and adding them, must be small beside it. Chosen, not measured.
inline constexpr int64_t kLeastSplitWork = 4 * kMultiplyAddsPerTask;

/// Parts that a dot_general's contracted dimension is split into where it is far longer than the
/// result has rows, as in a Dense layer's forward product: each task then reads its own rows of the
/// weight, the same that its update wrote, and no other thread's; and the sums round less. Two, as
/// on a machine of two cores: no figure is on record.
inline constexpr int64_t kSplitKParts = 2;
/// How long that dimension must be, and how many times the result's rows. Chosen with it.
inline constexpr int64_t kSplitKLeastDepth = 512;
inline constexpr int64_t kSplitKDepthPerRow = 8;

/// Parts that the outermost sum of a convolution is split into where the result has fewer than half
/// as many register tiles: in the gradient of a kernel, which has few elements and sums over all
/// examples. As many as there are tasks (kKernelTasks in frontend/compiler.h). Chosen, not
/// measured.
inline constexpr int64_t kConvolutionSplitParts = 8;

}  // namespace kiln::codegen::cpu
