// Copies of ops, with the values of one region put in place of those of another.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "ir/op.h"

namespace kiln::ir {

/// Copies ops of one region to the end of another, and knows for each value of the first which
/// value of the second stands for it.
class Cloner {
 public:
  explicit Cloner(Region& to) : to_(to) {}

  /// From now on `to` stands for `from`.
  void map(const Value* from, Value* to) { values_[from] = to; }
  /// What stands for the value; null if nothing does yet.
  Value* find(const Value* value) const;
  /// What stands for the value, which must be known.
  Value* at(const Value* value) const;

  /// Appends a copy of the op, with its regions, that reads what stands for its operands. The
  /// copy's results stand for the op's from now on.
  Op* copy(const Op& op);
  /// What stands for the value. Where nothing does, the op that makes it is copied, and before it,
  /// in the same way, what that op reads. Arguments must be known.
  Value* copy_with_sources(const Value* value);

 private:
  Region& to_;
  std::unordered_map<const Value*, Value*> values_;
};

/// Appends a copy of the op, with its regions, that reads other operands.
Op* copy_op(const Op& op, std::vector<Value*> operands, Region& to);

/// Copies arguments, ops and results of a region into an empty one.
void copy_region(const Region& from, Region& to);

}  // namespace kiln::ir
