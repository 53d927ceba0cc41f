// Code for a CPU on one that lacks what it needs.
#include "runtime/device/cpu_features.h"

#include <gtest/gtest.h>

namespace kiln::runtime {
namespace {

/// What Intel's Haswell has of these.
bool haswell_has(std::string_view feature) { return !feature.starts_with("avx512"); }

TEST(CpuFeatures, WhatLacksIsNamed) {
  const Status status =
      check_cpu("x86-64-linux-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41", haswell_has);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "the program was compiled for a CPU that has avx512f, avx512vl, avx512bw, avx512dq, "
            "this one has not");
}

TEST(CpuFeatures, WhatIsThereIsEnough) {
  EXPECT_TRUE(check_cpu("x86-64-linux-avx-avx2-f16c-fma-sse41", haswell_has));
  EXPECT_TRUE(check_cpu("x86-64-linux", [](std::string_view) { return false; }));
  EXPECT_TRUE(check_cpu("cpu"));
}

}  // namespace
}  // namespace kiln::runtime
