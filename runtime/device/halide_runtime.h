// What kernels compiled by Halide call at run time. They are compiled with `no_runtime` and with
// the feature `user_context`, whose value is the ThreadPool of the session (null: run serially).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" {

/// Runs f(user_context, i, closure) for every i in [min, min + size), on the pool `user_context`.
int halide_do_par_for(void* user_context, int (*f)(void* user_context, int index, uint8_t* closure),
                      int min, int size, uint8_t* closure);

/// Memory aligned to KILN_ALIGNMENT; null when there is none. Kernels keep their temporaries on the
/// stack or in the arena, so this is not a hot path.
void* halide_malloc(void* user_context, size_t bytes);
void halide_free(void* user_context, void* pointer);

/// Prints a kernel's error message to stderr.
void halide_error(void* user_context, const char* message);

/// The one failure that a kernel compiled with no_asserts can still report; returns Halide's error
/// code.
int halide_error_out_of_memory(void* user_context);
}

namespace kiln::runtime {

/// A function by the name that generated code calls it by.
struct Symbol {
  const char* name;
  void* address;
};

/// All of the above, for code that is linked in memory.
std::span<const Symbol> halide_runtime_symbols();

}  // namespace kiln::runtime
