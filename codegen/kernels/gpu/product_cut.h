// How a GPU's threads share a product.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ir/op.h"
#include "ir/type.h"

namespace kiln::codegen::gpu {

/// What one load brings of 32-bit values, at most.
inline constexpr int64_t kLoad = 4;

/// What runs along the memory of a product's left operand.
enum class LeftOrder { sums, rows, other };

/// A product's values are cut into tiles of `columns` by `rows` for a thread each, its outermost
/// sums into pieces.
struct Cut {
  int64_t columns = 1;
  int64_t rows = 1;
  size_t row_arg = 1;  ///< the Func's argument that runs over rows
  ir::Shape pieces;    ///< of the outermost sum, the next one, ...
  int64_t steps = 1;  ///< of the innermost sum, that run as one: their loads are under way together
  LeftOrder left_order = LeftOrder::other;
  /// Whether a tile reads a left operand of its own for each row, and of its right operand the same
  /// for all.
  bool has_rows = false;

  int64_t piece_count() const { return ir::element_count(pieces); }
};

/// Large tiles, which read an operand's element less often, where there are enough values to keep
/// all threads busy with them; pieces of the sums where there are not. A matter of sizes alone.
Cut choose_cut(const ir::Op& product);

}  // namespace kiln::codegen::gpu
