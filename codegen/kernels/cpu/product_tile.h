// Register tiles of dot_general, for the templates that hold one.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"

namespace kiln::codegen::cpu {

/// A tile of the result that stays in registers while the contracted dimensions run: `rows` x
/// `columns`, the columns in vectors.
struct Tile {
  int64_t rows = 1;
  int64_t columns = 1;
};

/// How much of the FMA peak a tile can reach, by a simple model.
double efficiency(const Tile& tile, int64_t lanes);

/// Whether the divisions and roots of the epilogue take about as long as the products before them.
bool has_slow_epilogue(const ir::Region& region, const ir::Op& product);

/// The tile that comes nearest to the FMA peak among those whose sides divide the result's; a small
/// one where what follows each tile takes about as long as its products.
Tile choose_tile(const ir::Op& dot, const Target& target, bool slow_epilogue = false);

/// The loops of `consumer`, whose first two dimensions are the columns and rows of the sums that it
/// reads, over such tiles: n_inner (a vector), m_inner (unrolled), then m_outer and n_outer, or the
/// other way round where tiles run along columns first; the sums are computed at the inner one of
/// both.
struct TileLoops {
  Halide::Var n_inner{"n_inner"}, m_inner{"m_inner"}, m_outer{"m_outer"}, n_outer{"n_outer"};
};
TileLoops tile_product(Halide::Func sums, Halide::Func consumer, const Tile& tile,
                       bool along_columns);

/// Whether neighbours along the result's columns lie apart in the right operand's memory, so that
/// it has to be packed before it can be read in vectors.
bool needs_packing(const ir::Op& dot);

/// Vectors, unrolling and blocks for packing a right operand of `columns` by `depth`: a
/// transpose in square blocks of half a vector that pass through registers. Where it is
/// computed is the caller's choice.
void schedule_packing(RightOperand& right, int64_t columns, int64_t depth, int64_t lanes);

}  // namespace kiln::codegen::cpu
