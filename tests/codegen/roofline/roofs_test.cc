// Which of a machine's limits binds a kernel.
#include "codegen/roofline/roofs.h"

#include <gtest/gtest.h>

#include <limits>

namespace kiln::codegen {
namespace {

/// 100 FLOP, 10 divisions and 5 roots a second; a cache of 1,000 bytes that brings 50 of them a
/// second, one of 10,000 that brings 20, memory that brings 5.
Roofs small_machine() {
  return {.threads = 1,
          .flops_per_second = 100,
          .divisions_per_second = 10,
          .roots_per_second = 5,
          .levels = {{"L1", 1000, 50},
                     {"L2", 10000, 20},
                     {"DRAM", std::numeric_limits<double>::infinity(), 5}}};
}

Bound bound_of_kernel(const Arithmetic& arithmetic, std::vector<Access> accesses) {
  KernelWork kernel;
  kernel.arithmetic = arithmetic;
  kernel.accesses = std::move(accesses);
  return bound_of(kernel, small_machine());
}

void expect(const Bound& bound, const std::string& name, double seconds) {
  EXPECT_EQ(bound.name, name);
  EXPECT_DOUBLE_EQ(bound.seconds, seconds);
}

TEST(Roofs, TheLargestTimeBinds) {
  expect(bound_of_kernel({.flops = 1000}, {{100, 500}}), "FMA", 10);
  expect(bound_of_kernel({.flops = 100}, {{100, 500}}), "L1", 2);
}

TEST(Roofs, DivisionsAndRootsShareTheDivider) {
  expect(bound_of_kernel({.flops = 100, .divisions = 10, .roots = 10}, {{100, 500}}), "divider",
         1 + 2);
}

TEST(Roofs, BytesComeFromTheNearestLevelThatHoldsTheirWorkingSet) {
  expect(bound_of_kernel({}, {{100, 1000}}), "L1", 2);
  expect(bound_of_kernel({}, {{100, 1001}}), "L2", 5);
  expect(bound_of_kernel({}, {{100, 10001}}), "DRAM", 20);
}

TEST(Roofs, EachLevelBringsWhatTheNearerOnesDoNotHold) {
  expect(bound_of_kernel({}, {{100, 500}, {10, 20000}}), "L1", 110.0 / 50);
  expect(bound_of_kernel({}, {{100, 500}, {20, 20000}}), "DRAM", 20.0 / 5);
  expect(bound_of_kernel({}, {{100, 5000}, {20, 20000}}), "L2", 120.0 / 20);
}

TEST(Roofs, AFunctionTakesItsKernelsOneAfterTheOther) {
  KernelWork product, update;
  product.arithmetic = {.flops = 1000};
  update.arithmetic = {.divisions = 30};
  const FunctionBound bound = bound_of({product, update, product}, small_machine());
  EXPECT_DOUBLE_EQ(bound.seconds, 10 + 3 + 10);
  EXPECT_DOUBLE_EQ(bound.seconds_by_bound.at("FMA"), 20);
  EXPECT_DOUBLE_EQ(bound.seconds_by_bound.at("divider"), 3);
}

}  // namespace
}  // namespace kiln::codegen
