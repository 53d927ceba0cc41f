// Register tiles of products, for the templates that hold one.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/product_tile.h"
#include "codegen/target.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {

/// How large tiles may be.
struct TileLimits {
  int64_t accumulators;  ///< vectors of sums
  int64_t rows;          ///< along the row dimension
  size_t row_dimension;  ///< counted as in a tile
};

/// Of tiles with one of these vectors, the one that comes nearest to the FMA peak, by a simple model,
/// in a result of this shape.
ProductTile best_tile(const std::vector<ProductTile>& vectors, const ir::Shape& shape,
                      const TileLimits& limits);

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

/// The loops within a tile of a Func of tiles, innermost first.
std::vector<Halide::VarOrRVar> loops_within_tile(Halide::Func sums, const ProductTile& tile);

/// Vectors and unrolled loops of a Func of tiles (Algorithm::sums), in all its stages: a tile's
/// sums then stay in registers while the reduced loops, which `order` gives innermost first, run.
void unroll_tile(Halide::Func sums, const ir::Shape& shape, const ProductTile& tile,
                 const std::vector<Halide::RVar>& order);

/// Computes a stage, of the consumer's parameters, element by element in the consumer's vectors.
void compute_stage(Halide::Func stage, Halide::Func consumer, const TileLoops& loops);

/// A product's sums in parts (split-K), each of which sums a part of the outermost reduced loop.
struct SumParts {
  Halide::Func partial;  ///< in registers; where it is computed is the caller's choice
  Halide::Func parts;    ///< of all tiles, in memory, with the loop `part` outermost
  Halide::Var part{"piece"};
  Halide::RVar added{"r_piece"};  ///< over parts, as they are added up
};
SumParts split_sums(Algorithm& algorithm, const ir::Op& product, int64_t parts);

/// The epilogue over the parts' totals, whose consumer's loops are ordered; tiles in loops.rows.
void add_parts(Algorithm& algorithm, const ir::Op& product, const SumParts& parts, Output& output,
               const TileLoops& loops);

/// Whether neighbours along the result's columns lie apart in the right operand's memory, so that
/// it has to be packed before it can be read in vectors.
bool needs_packing(const ir::Op& dot);

/// Vectors, unrolling and blocks for packing a product's right operand: a transpose in square blocks
/// of half a vector that pass through registers. Where it is computed is the caller's choice.
void schedule_packing(Algorithm& algorithm, const ir::Op& product, const Target& target);

}  // namespace kiln::codegen::cpu
