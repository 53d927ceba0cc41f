// Kernels that run on the caller's thread and in the caller's memory alone.
#pragma once

#include <Halide.h>

#include <cstdint>

namespace kiln::codegen::cpu {

/// A lowering pass for targets that are freestanding: loops over tasks run one after the other, and
/// what would come from the heap lies at a fixed offset in the memory that the kernel's first
/// argument points to. The order of operations in a task, and so every bit of the results, stays.
class Freestanding : public Halide::Internal::IRMutator {
 public:
  /// `most_bytes` becomes what the kernel needs of that memory, with all that was there before as
  /// the least.
  explicit Freestanding(int64_t& most_bytes) : most_bytes_(most_bytes) {}

 private:
  using Halide::Internal::IRMutator::visit;

  Halide::Internal::Stmt visit(const Halide::Internal::For* loop) override;
  Halide::Internal::Stmt visit(const Halide::Internal::Allocate* allocation) override;

  int64_t& most_bytes_;
  int64_t taken_bytes_ = 0;  ///< by the allocations around the statement that is visited
};

}  // namespace kiln::codegen::cpu
