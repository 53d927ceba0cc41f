#include <algorithm>

#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/sums.h"

namespace kiln::codegen::cpu {
namespace {

/// The vectors that tiles of a convolution's result may have: of all columns, the last ones partly
/// filled; or, in groups, such as divide a group's columns.
std::vector<ProductTile> possible_vectors(const ir::Op& op, int64_t lanes) {
  const int64_t all = op.result()->type().shape.back();
  const int64_t columns = vector_columns(op);
  std::vector<ProductTile> possible;
  ProductTile tile;
  tile.lanes = std::min(lanes, columns);
  while (columns < all && columns % tile.lanes != 0) --tile.lanes;
  const int64_t most = std::min(tiles_over(columns, tile.lanes), kMostTileVectors);
  for (tile.vectors = 1; tile.vectors <= most; ++tile.vectors) {
    if (columns == all || columns % tile.columns() == 0) possible.push_back(tile);
  }
  return possible;
}

}  // namespace

ProductTile choose_convolution_tile(const ir::Op& op, const Target& target, bool slow_epilogue) {
  const ir::Shape& shape = op.result()->type().shape;
  const int64_t lanes = target.lanes(static_cast<int>(ir::size_of(op.result()->type().element)));
  const int64_t most =
      slow_epilogue ? accumulators_beside_division(target) : convolution_accumulators(target);
  ProductTile best;
  double best_efficiency = 0;
  for (ProductTile tile : possible_vectors(op, lanes)) {
    int64_t whole = 1;  // rows of the dimensions that are whole in the tile
    for (size_t d = 1; d < shape.size() && whole <= most; ++d) {
      const int64_t extent = shape[shape.size() - 1 - d];
      tile.row_dimension = d;
      for (tile.rows = 1; tile.rows <= extent; ++tile.rows) {
        if (whole * tile.rows * tile.vectors > most) break;
        const double reached =
            efficiency(whole * tile.rows, tile.vectors) * covered_share(tile, extent, shape.back());
        if (reached < best_efficiency) continue;
        best_efficiency = reached;
        best = tile;
      }
      whole *= extent;
    }
  }
  return best;
}

}  // namespace kiln::codegen::cpu
