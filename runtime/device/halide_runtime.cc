#include "runtime/device/halide_runtime.h"

#include <cstdio>
#include <cstdlib>

#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"
#include "runtime/base/thread_pool.h"

namespace {

// HalideRuntime.h, halide_error_code_out_of_memory.
constexpr int kOutOfMemory = -11;

// A loop of Halide's as a task of the pool's.
struct Loop {
  int (*f)(void* user_context, int index, uint8_t* closure);
  void* user_context;
  uint8_t* closure;

  static int run(void* loop_pointer, int index) {
    const Loop& loop = *static_cast<const Loop*>(loop_pointer);
    return loop.f(loop.user_context, index, loop.closure);
  }
};

template <typename Function>
kiln::runtime::Symbol symbol(const char* name, Function* function) {
  return {name, reinterpret_cast<void*>(function)};
}

}  // namespace

extern "C" {

int halide_do_par_for(void* user_context, int (*f)(void* user_context, int index, uint8_t* closure),
                      int min, int size, uint8_t* closure) {
  Loop loop{f, user_context, closure};
  if (user_context != nullptr) {
    auto* pool = static_cast<kiln::runtime::ThreadPool*>(user_context);
    return pool->parallel_for(Loop::run, &loop, min, size);
  }
  for (int i = 0; i < size; ++i) {
    if (int error = Loop::run(&loop, min + i)) return error;
  }
  return 0;
}

void* halide_malloc(void*, size_t bytes) {
  const int64_t rounded = kiln::runtime::round_up(static_cast<int64_t>(bytes), KILN_ALIGNMENT);
  return std::aligned_alloc(KILN_ALIGNMENT, static_cast<size_t>(rounded));
}

void halide_free(void*, void* pointer) { std::free(pointer); }

void halide_error(void*, const char* message) {
  std::fprintf(stderr, "error: kernel: %s\n", message);
}

int halide_error_out_of_memory(void* user_context) {
  halide_error(user_context, "out of memory");
  return kOutOfMemory;
}
}  // extern "C"

namespace kiln::runtime {

std::span<const Symbol> halide_runtime_symbols() {
  static const Symbol symbols[] = {
      symbol("halide_do_par_for", halide_do_par_for),
      symbol("halide_malloc", halide_malloc),
      symbol("halide_free", halide_free),
      symbol("halide_error", halide_error),
      symbol("halide_error_out_of_memory", halide_error_out_of_memory),
  };
  return symbols;
}

}  // namespace kiln::runtime
