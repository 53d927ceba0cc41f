// The roofs of memory: how many bytes a second the caches and main memory bring.
#pragma once

#include <cstddef>

namespace kiln::codegen {

/// Bytes a second of `threads` threads that each go over `bytes` of their own again and again, all
/// together: the faster of reading them and of changing them in place, where bytes count as read
/// and as written.
double bandwidth(int threads, size_t bytes);

}  // namespace kiln::codegen
