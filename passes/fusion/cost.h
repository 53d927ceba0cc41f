// What fusion weighs: which ops deserve a kernel of their own, and how much one serial kernel may
// do. All are numbers of sizes alone, so that fusions depend on no machine. Where no figure is
// named the number was chosen, not measured.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ir/op.h"
#include "ir/ops/fusion.h"

namespace kiln::passes {

// ---- What is large: worth a kernel of its own, which may run on many threads. To measure it
// again: `tests/benchmarks:op_sizes` prints what an op of growing size takes on one thread and on
// several.

/// Floating-point operations of a dot_general or convolution that is a kernel of its own. Chosen;
/// op_sizes: 1.1 us on a Zen 4 core with AVX-512, about what waking the other threads takes.
inline constexpr int64_t kLargeProduct = 128 * 1024;

/// Elements that a reduce or window reads, an elementwise op or a movement writes, or operations of
/// a scatter, that make the op large: 64 KiB of f32, more than the nearest cache holds. Chosen;
/// op_sizes, on the same core: 2.0 us for an addition.
inline constexpr int64_t kLargeTensor = 16 * 1024;

/// Whether the op is enough work for a kernel of that kind built around it. False for the kind
/// serial, which is for what is not.
bool is_large(ir::FusionKind kind, const ir::Op& op);

// ---- Serial kernels: how much may be in one. Time to run them: `tests/benchmarks -v`. Time
// to compile them: `tests/codegen:compile_time FILE.kir`, or `kiln compile MODEL --timings`.

/// Floating-point operations of one serial kernel, which runs on one thread: some ten microseconds
/// that no other thread can take over. Chosen, not measured.
inline constexpr int64_t kSerialWork = 512 * 1024;

/// Ops in one serial kernel, which bounds its compile time: Halide's grows faster than the number
/// of ops. Chosen, not measured.
inline constexpr size_t kSerialOps = 160;

/// How many other ops a product in a serial kernel takes as long to compile as: its tile is
/// unrolled. Chosen with kDeepOps, for the same chain.
inline constexpr size_t kProductOps = 8;

/// How long a product or any other op takes to compile, in other ops.
size_t compile_cost(const ir::Op& op);

/// The compile cost of all small ops of a region, from which on serial kernels are split where
/// layers repeat: equal kernels are compiled once. What two full kernels hold. Measured on a chain
/// of 50 Dense layers of 16 by 16, whose serial kernels were full at an op of chance and nearly all
/// different, each seconds to compile.
inline constexpr size_t kDeepOps = 2 * kSerialOps;

/// Then a kernel ends, from this compile cost on, where an op like its first comes, and from twice
/// as much on where an op like any of its own comes: what stands before the first layer has no
/// like. Measured on the same chain.
inline constexpr size_t kRepeatedOps = 24;

}  // namespace kiln::passes
