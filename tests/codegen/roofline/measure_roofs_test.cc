// The machine's limits, as far as a test may ask: they are there.
#include "codegen/roofline/measure_roofs.h"

#include <gtest/gtest.h>

#include <limits>

namespace kiln::codegen {
namespace {

TEST(MeasureRoofs, EveryLimitIsFound) {
  const Roofs roofs = measure_roofs(1);
  EXPECT_EQ(roofs.threads, 1);
  EXPECT_GT(roofs.flops_per_second, 0);
  EXPECT_GT(roofs.divisions_per_second, 0);
  EXPECT_GT(roofs.roots_per_second, 0);
  ASSERT_GE(roofs.levels.size(), 3);
  for (size_t i = 0; i < roofs.levels.size(); ++i) {
    EXPECT_GT(roofs.levels[i].bytes_per_second, 0) << roofs.levels[i].name;
    if (i > 0) {
      EXPECT_GT(roofs.levels[i].capacity, roofs.levels[i - 1].capacity);
    }
  }
  EXPECT_EQ(roofs.levels.back().capacity, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace kiln::codegen
