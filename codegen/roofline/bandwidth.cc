#include "codegen/roofline/bandwidth.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "codegen/roofline/threads.h"
#include "codegen/roofline/vectors.h"

namespace kiln::codegen {
namespace {

/// What a loop goes over at once, in bytes: eight of the widest vectors.
constexpr size_t kStride = 512;

/// Goes `rounds` times over `bytes`, a multiple of kStride.
using Loop = void (*)(std::byte* data, size_t bytes, size_t rounds);

// A load, and for changes a store, of each vector. What they do between costs next to nothing.
#define KILN_MEMORY_LOOPS(SUFFIX, TARGET, BYTES)                                       \
  __attribute__((target(TARGET))) void read_##SUFFIX(std::byte* data, size_t bytes,    \
                                                     size_t rounds) {                  \
    using Vector = int __attribute__((vector_size(BYTES)));                            \
    constexpr size_t kStep = 4;                                                        \
    Vector a = {}, b = {}, c = {}, d = {};                                             \
    for (size_t round = 0; round < rounds; ++round) {                                  \
      const auto* const end = reinterpret_cast<const Vector*>(data + bytes);           \
      for (auto* at = reinterpret_cast<const Vector*>(data); at != end; at += kStep) { \
        a |= at[0];                                                                    \
        b |= at[1];                                                                    \
        c |= at[2];                                                                    \
        d |= at[3];                                                                    \
        asm volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d));                         \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
  __attribute__((target(TARGET))) void change_##SUFFIX(std::byte* data, size_t bytes,  \
                                                       size_t rounds) {                \
    using Vector = int __attribute__((vector_size(BYTES)));                            \
    constexpr size_t kStep = 4;                                                        \
    for (size_t round = 0; round < rounds; ++round) {                                  \
      const auto* const end = reinterpret_cast<const Vector*>(data + bytes);           \
      for (auto* at = reinterpret_cast<Vector*>(data); at != end; at += kStep) {       \
        Vector a = ~at[0], b = ~at[1], c = ~at[2], d = ~at[3];                         \
        asm volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d));                         \
        at[0] = a;                                                                     \
        at[1] = b;                                                                     \
        at[2] = c;                                                                     \
        at[3] = d;                                                                     \
      }                                                                                \
    }                                                                                  \
  }

KILN_MEMORY_LOOPS(sse2, "sse2", 16)
KILN_MEMORY_LOOPS(avx2, "avx2,fma", 32)
KILN_MEMORY_LOOPS(avx512, "avx512f", 64)

#undef KILN_MEMORY_LOOPS

struct Loops {
  Loop read, change;
};

Loops loops_of(Vectors vectors) {
  switch (vectors) {
    case Vectors::avx512:
      return {read_avx512, change_avx512};
    case Vectors::avx2:
      return {read_avx2, change_avx2};
    case Vectors::sse2:
      break;
  }
  return {read_sse2, change_sse2};
}

struct Free {
  void operator()(std::byte* block) const { std::free(block); }
};
using Block = std::unique_ptr<std::byte, Free>;

}  // namespace

double bandwidth(int threads, size_t bytes) {
  constexpr int kRepeats = 10;
  constexpr size_t kLeastBytes = size_t{256} << 20;  // of a measurement: some milliseconds
  constexpr size_t kPage = 4096;
  const Loops loops = loops_of(widest_vectors());
  bytes = std::max(bytes / kStride, size_t{1}) * kStride;
  const size_t rounds = std::max(size_t{1}, kLeastBytes / bytes);
  std::vector<Block> blocks(static_cast<size_t>(threads));
  const auto own = [&](int thread) -> Block& { return blocks[static_cast<size_t>(thread)]; };
  // The system gives memory to who writes it first, near that thread's core.
  seconds_on_threads(threads, [&](int thread) {
    own(thread).reset(
        static_cast<std::byte*>(std::aligned_alloc(kPage, (bytes + kPage - 1) / kPage * kPage)));
    if (own(thread) != nullptr) std::memset(own(thread).get(), 0, bytes);
  });
  if (std::find(blocks.begin(), blocks.end(), nullptr) != blocks.end()) return 0;
  const auto rate = [&](Loop loop, double accesses) {
    const double moved = accesses * static_cast<double>(bytes * rounds) * threads;
    return moved / least_seconds_on_threads(threads, kRepeats,
                                            [&](int t) { loop(own(t).get(), bytes, rounds); });
  };
  return std::max(rate(loops.read, 1), rate(loops.change, 2));
}

}  // namespace kiln::codegen
