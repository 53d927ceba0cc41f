#include "codegen/kernels/cpu/freestanding.h"

#include <algorithm>

#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"

namespace kiln::codegen::cpu {

using Halide::Expr;
using namespace Halide::Internal;

/// Halide's own limit for what it puts on the stack without being told (CodeGen_Posix.cpp).
constexpr int64_t kStackBytes = 16 * 1024;
/// Vectors may be loaded whole that lie in the allocation only in part.
constexpr int64_t kOverread = KILN_ALIGNMENT;

Stmt Freestanding::visit(const For* loop) {
  if (loop->for_type != ForType::Parallel) return IRMutator::visit(loop);
  return For::make(loop->name, loop->min, loop->extent, ForType::Serial, loop->partition_policy,
                   loop->device_api, mutate(loop->body));
}

Stmt Freestanding::visit(const Allocate* allocation) {
  const int64_t bytes = int64_t{allocation->constant_allocation_size()} * allocation->type.bytes();
  if (bytes == 0) throw Halide::CompileError("the size of a buffer depends on more than shapes");
  if (bytes <= kStackBytes) return IRMutator::visit(allocation);
  const Expr context = Variable::make(Halide::Handle(), "__user_context");
  const Expr address =
      Halide::reinterpret(Halide::UInt(64), context) + make_const(Halide::UInt(64), taken_bytes_);
  const int64_t outside = taken_bytes_;
  taken_bytes_ += runtime::round_up(bytes + kOverread, KILN_ALIGNMENT);
  most_bytes_ = std::max(most_bytes_, taken_bytes_);
  const Stmt body = mutate(allocation->body);
  taken_bytes_ = outside;
  return Allocate::make(allocation->name, allocation->type, Halide::MemoryType::Heap,
                        allocation->extents, allocation->condition, body,
                        Halide::reinterpret(Halide::Handle(), address), "halide_free",
                        allocation->padding);
}

}  // namespace kiln::codegen::cpu
