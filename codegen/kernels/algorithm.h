// A fusion's region as Halide Funcs: what is computed, before any schedule says how.
#pragma once

#include <Halide.h>

#include <map>
#include <vector>

#include "codegen/kernels/product_tile.h"
#include "codegen/target.h"
#include "ir/op.h"

namespace kiln::codegen {

/// A dot_general's right operand as Funcs of (free dimensions innermost, contracting, batching), or
/// a convolution's kernel as Funcs of (output feature, summed dimensions as the input has them), so
/// that a schedule can pack it where its memory is laid out otherwise: `packed` is what the product
/// reads, `block` what `packed` reads. Unscheduled, both vanish.
struct RightOperand {
  Halide::Func packed;
  Halide::Func block;
  ir::Shape shape = {};  ///< of both
};

/// The results of one shape: one loop nest writes them all.
struct Output {
  Halide::Func func;   ///< a Tuple, where there are several
  Halide::Func stage;  ///< defined where a result may lie over an operand: what `func` copies, so
                       ///< that all results of an element are computed before the first is stored
  ir::Shape shape;
};

/// The Funcs of one kernel. Halide counts dimensions innermost first, the IR outermost first: IR
/// dimension d of a rank-r value is Halide dimension r - 1 - d.
struct Algorithm {
  std::vector<Halide::ImageParam> inputs;          ///< one per region argument
  std::map<const ir::Value*, Halide::Func> funcs;  ///< one per op result
  /// Of each dot_general's and convolution's result: what `funcs` copies, in the making. Where the
  /// product has a tile, its parameters are those of tiles (TileParameter).
  std::map<const ir::Value*, Halide::Func> sums;
  ProductTiles tiles;  ///< of products whose sums are cut into tiles
  /// Of tiled products whose rows tiles do not divide: a copy of `sums` that `funcs` reads, at rows
  /// which differ in the last tile.
  std::map<const ir::Value*, Halide::Func> tile_copies;
  std::map<const ir::Value*, RightOperand> right_operands;  ///< of the same
  /// Of the same: what the left operand gives to the sums, as Funcs of their loops, innermost
  /// first, and those of the result's dimensions that it depends on. A schedule can load a part of
  /// it before it is multiplied. None where some of the innermost sum is left out, in padding, nor
  /// of a convolution in groups. Unscheduled, they vanish.
  std::map<const ir::Value*, Halide::Func> left_operands;
  std::map<const ir::Value*, Halide::Func>
      selections;  ///< of each select_and_scatter's result: what each window chose
  /// Of each scatter's result, where there are launches: the outermost loop of its sums, over parts
  /// of the table, each of which goes through all updates and adds those that are its own.
  std::map<const ir::Value*, Halide::RVar> table_parts;
  std::vector<Output> outputs;  ///< one per shape, in output_order()
};

/// Defines all Funcs, for this target, with the products' sums in these tiles. Input buffers have
/// constant extents and strides.
Algorithm build_algorithm(const ir::Region& region, const Target& target, ProductTiles tiles);

}  // namespace kiln::codegen
