// How a product is tiled for a GPU's threads, and its sums split among them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "codegen/target.h"
#include "ir/op.h"
#include "ir/type.h"

namespace kiln::codegen::gpu {

/// What runs along the memory of a product's left operand.
enum class LeftOrder { sums, rows, other };

/// A product's values in tiles of `columns` by `rows` for a thread each; its outermost sums in
/// parts (split-K), each with threads of its own.
struct Tiling {
  int64_t columns = 1;
  int64_t rows = 1;
  size_t row_arg = 1;  ///< the Func's argument that runs over rows
  ir::Shape parts;     ///< of the outermost sum, the next one, ...; none: they are not split
  int64_t steps = 1;  ///< of the innermost sum, that run as one: their loads are under way together
  LeftOrder left_order = LeftOrder::other;
  /// Whether a tile reads a left operand of its own for each row, and of its right operand the same
  /// for all.
  bool has_rows = false;

  int64_t part_count() const { return ir::element_count(parts); }
};

/// Large tiles, which read an operand's element less often, where there are enough values to keep
/// all threads busy with them; split-K where there are not. A matter of sizes, and of the target's
/// wide loads.
Tiling choose_tiling(const ir::Op& product, const Target& target);

}  // namespace kiln::codegen::gpu
