// Which values of a kernel are stored in memory between its loops.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "codegen/kernels/algorithm.h"

namespace kiln::codegen {

/// Decides what is computed on the fly, by the ops that read it, and what is stored: what is read
/// often and costs much, what grows beyond bounds, what must have the same bits wherever it is
/// read.
class StoredValues {
 public:
  explicit StoredValues(const ir::Region& region);

  /// Whether the result of an elementwise op must be stored. Ops come in the order of the region.
  bool add(const ir::Op& op, const ir::Value* result);

 private:
  std::unordered_map<const ir::Value*, int> uses_;
  std::unordered_set<const ir::Value*> compared_;
  std::unordered_map<const ir::Value*, int64_t> ops_;  ///< in the expression of one element
};

/// The Func that random bits read their state from; it must be stored. What Halide reads from an
/// input at a constant index, it takes for a constant: it would write out the bits of a single
/// element as one expression of that constant, too long to ever be finished.
Halide::Func state_func(Algorithm& algorithm, const ir::Value* state);

}  // namespace kiln::codegen
