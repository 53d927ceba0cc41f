#include "runtime/device/halide_runtime.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "runtime/base/abi.h"
#include "runtime/base/thread_pool.h"

namespace kiln::runtime {
namespace {

int add_index(void*, int index, uint8_t* closure) {
  reinterpret_cast<std::atomic<int>*>(closure)->fetch_add(index);
  return index == 13 ? -13 : 0;
}

TEST(HalideRuntime, ParallelLoopRunsOnThePoolOrSerially) {
  ThreadPool pool(2);
  for (void* user_context : {static_cast<void*>(&pool), static_cast<void*>(nullptr)}) {
    std::atomic<int> sum{0};
    auto* closure = reinterpret_cast<uint8_t*>(&sum);
    EXPECT_EQ(halide_do_par_for(user_context, add_index, 3, 4, closure), 0);
    EXPECT_EQ(sum.load(), 3 + 4 + 5 + 6);
    EXPECT_EQ(halide_do_par_for(user_context, add_index, 12, 4, closure), -13);
  }
}

TEST(HalideRuntime, MemoryIsAligned) {
  for (size_t bytes : {1, 63, 64, 1000}) {
    void* pointer = halide_malloc(nullptr, bytes);
    ASSERT_NE(pointer, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(pointer) % KILN_ALIGNMENT, 0u);
    std::memset(pointer, 1, bytes);
    halide_free(nullptr, pointer);
  }
}

TEST(HalideRuntime, ErrorsGoToStderr) {
  testing::internal::CaptureStderr();
  halide_error(nullptr, "something");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "error: kernel: something\n");
}

TEST(HalideRuntime, SymbolsCanBeLookedUp) {
  const void* par_for = nullptr;
  for (const Symbol& symbol : halide_runtime_symbols()) {
    EXPECT_NE(symbol.address, nullptr) << symbol.name;
    if (std::string(symbol.name) == "halide_do_par_for") par_for = symbol.address;
  }
  EXPECT_EQ(par_for, reinterpret_cast<void*>(&halide_do_par_for));
}

}  // namespace
}  // namespace kiln::runtime
