// Register tiles of products, for the templates that hold one.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/product_tile.h"
#include "codegen/target.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {

/// How much of the FMA peak a tile of so many rows and vectors can reach, by a simple model.
double efficiency(int64_t rows, int64_t vectors);

/// What is left of it where a tile's vectors and rows do not divide a result's.
double covered_share(const ProductTile& tile, int64_t rows, int64_t columns);

/// Whether the divisions and roots of the epilogue take about as long as the products before them.
bool has_slow_epilogue(const ir::Region& region, const ir::Op& product);

/// The tiles of all products of a kernel: those that come nearest to the FMA peak; small ones where
/// what follows each tile takes about as long as its products.
ProductTiles choose_tiles(const ir::Region& region, ir::FusionKind kind, const Target& target);
/// Of one: in convolution_tile.cc.
ProductTile choose_convolution_tile(const ir::Op& op, const Target& target, bool slow_epilogue);

/// The loops of a product's consumer, of the product's shape, over tiles.
struct TileLoops {
  std::vector<Halide::VarOrRVar>
      inner;                      ///< within a tile, innermost first, the vector's lanes first
  Halide::Var row{"tile_row"};    ///< the outermost of these
  Halide::Var rows{"tile_rows"};  ///< over tiles along rows
  Halide::Var columns{"tile_columns"};  ///< over tiles along columns
};

/// Cuts the consumer's loops into those of tiles; their order outside of a tile is the caller's.
TileLoops tile_consumer(Halide::Func consumer, const ir::Shape& shape, const ProductTile& tile);

/// Computes a tile's sums, in registers, within the loop of their consumer.
void compute_tile(Algorithm& algorithm, const ir::Op& product, const Halide::LoopLevel& level);

/// Vectors and unrolled loops of a Func of tiles (Algorithm::sums), in all its stages: a tile's
/// sums then stay in registers while the reduced loops, which `order` gives innermost first, run.
void unroll_tile(Halide::Func sums, const ir::Shape& shape, const ProductTile& tile,
                 const std::vector<Halide::RVar>& order);

/// Computes a stage, of the consumer's parameters, element by element in the consumer's vectors.
void compute_stage(Halide::Func stage, Halide::Func consumer, const TileLoops& loops);

/// Whether neighbours along the result's columns lie apart in the right operand's memory, so that
/// it has to be packed before it can be read in vectors.
bool needs_packing(const ir::Op& dot);

/// Vectors, unrolling and blocks for packing a right operand of `columns` by `depth`: a
/// transpose in square blocks of half a vector that pass through registers. Where it is
/// computed is the caller's choice.
void schedule_packing(RightOperand& right, int64_t columns, int64_t depth, int64_t lanes);

}  // namespace kiln::codegen::cpu
