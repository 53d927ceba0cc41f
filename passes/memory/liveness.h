// When each value of a region is live.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>

#include "ir/op.h"

namespace kiln::passes {

/// What a view or a value is stored as: views (reshapes outside fusions) share the buffer of what
/// they show.
const ir::Value* storage_of(const ir::Value* value);

/// The live ranges of a region's values, in the order of its ops: from the op that gives a value to
/// the last that reads it or a view of it, both included. Ops are named by their place in the
/// region.
class Liveness {
 public:
  explicit Liveness(const ir::Region& region);

  /// The op that gives the value, which is an op's result.
  size_t first(const ir::Value* value) const { return first_.at(value); }
  /// The last op that reads it; the one that gives it where none does; none for an argument that
  /// nothing reads.
  std::optional<size_t> last(const ir::Value* value) const;

  /// A result that its op has gained since; nothing reads it.
  void add_result(const ir::Value* result);

 private:
  std::unordered_map<const ir::Value*, size_t> first_;
  std::unordered_map<const ir::Value*, size_t> last_;
};

}  // namespace kiln::passes
