// What a launch and a thread are worth on a GPU: how large blocks are, when work is split among
// more threads, and which small values a launch computes for itself rather than wait for another
// launch. All follow from sizes and the target's facts.
//
// To measure these numbers again, on a GPU: `tests/benchmarks:device_step DEVICE MODEL BATCH` (a
// step's time and launches) and `kiln inspect MODEL --kernels` (each kernel's launches). No figure
// of them alone is on record: they were chosen, where nothing else is said.
#pragma once

#include <algorithm>
#include <cstdint>

#include "codegen/target.h"

namespace kiln::codegen::gpu {

// ---- Threads.

/// Threads that keep a large device busy: some ten warps for each of a hundred multiprocessors.
inline constexpr int64_t kBusyThreads = 32 * 1024;

/// Threads of a block, where a device lets it have more. A CUDA thread has at most 255 registers, a
/// multiprocessor 64 K (CUDA C++ Programming Guide, "Technical Specifications per Compute
/// Capability"): a block of 256 can be launched whatever its threads need, one of 1024 with tiles
/// in registers cannot; and small results fall into enough blocks for all multiprocessors.
inline constexpr int kBlockThreads = 256;

/// Threads of the target's blocks.
inline int64_t threads_of_block(const Target& target) {
  return std::min(kBlockThreads, target.block_threads);
}

/// Elements of a sum that are worth a thread of their own, and the most threads that share one sum.
inline constexpr int64_t kLeastInPart = 8;
inline constexpr int64_t kMostParts = 256;

/// Updates of a scatter from which on the table is split into parts, each with threads of its own
/// that go through all updates; and parts, at most, which also are blocks along a grid's second
/// dimension.
inline constexpr int64_t kFewUpdates = 16;
inline constexpr int64_t kMostTableParts = 256;

/// Into how many parts a table of so many rows is split, to which so many updates are added.
inline int64_t table_parts(int64_t rows, int64_t updates) {
  return updates > kFewUpdates ? std::min(rows, kMostTableParts) : 1;
}

// ---- Launches: a value that one launch alone reads can be computed by each of its blocks.

/// Values of a launch that is small: its few blocks repeat what each computes for itself.
inline constexpr int64_t kSmallLaunch = 4096;

/// What a block of a small launch, and of any other, may compute for itself: values, and elements
/// in their sums.
inline constexpr int64_t kValuesInSmall = 1024, kWorkInSmall = 16 * 1024;
inline constexpr int64_t kValuesInLarge = 256, kWorkInLarge = 4 * 1024;

/// How many such values one launch takes in: each is a barrier for the threads of a block. Drivers
/// that make loops of threads, as PoCL, take ever longer to compile what has many.
inline constexpr int kMostTakenIn = 3;

/// The shared memory that they may take together: half of a block's, so that two blocks fit where
/// one's limit is a multiprocessor's all.
inline int64_t taken_in_bytes(const Target& target) { return target.shared_bytes / 2; }

/// How often an operand's element must be read for a launch that packs the operand to be worth it.
inline constexpr int64_t kReadsWorthPacking = 64;

}  // namespace kiln::codegen::gpu
