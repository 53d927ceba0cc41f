#include "codegen/roofline/measure_roofs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "codegen/roofline/bandwidth.h"
#include "codegen/roofline/cache_sizes.h"
#include "codegen/roofline/divider_rate.h"
#include "codegen/roofline/fma_peak.h"

namespace kiln::codegen {
namespace {

/// Each measured by data that fits it well and the next nearer cache not at all: a thread's share.
std::vector<MemoryLevel> measure_levels(int threads) {
  const CacheSizes sizes = cache_sizes();
  const auto count = static_cast<size_t>(threads);
  std::vector<MemoryLevel> levels = {
      {"L1", static_cast<double>(count * sizes.l1), bandwidth(threads, sizes.l1 / 2)},
      {"L2", static_cast<double>(count * sizes.l2), bandwidth(threads, sizes.l2 / 2)}};
  if (sizes.l3 > 2 * count * sizes.l2) {
    const double between =
        std::sqrt(static_cast<double>(sizes.l2) * static_cast<double>(sizes.l3)) / threads;
    levels.push_back({"L3", static_cast<double>(sizes.l3),
                      bandwidth(threads, std::max(2 * sizes.l2, static_cast<size_t>(between)))});
  }
  constexpr size_t kLeast = size_t{128} << 20, kMost = size_t{1} << 30;
  const size_t far = std::clamp(4 * std::max(sizes.l3, sizes.l2), kLeast, kMost);
  levels.push_back(
      {"DRAM", std::numeric_limits<double>::infinity(), bandwidth(threads, far / count)});
  return levels;
}

}  // namespace

Roofs measure_roofs(int threads) {
  const DividerRate divider = divider_rate(threads);
  return {.threads = threads,
          .flops_per_second = fma_peak(threads),
          .divisions_per_second = divider.divisions,
          .roots_per_second = divider.roots,
          .levels = measure_levels(threads)};
}

}  // namespace kiln::codegen
