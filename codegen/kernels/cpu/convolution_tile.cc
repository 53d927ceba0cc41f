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
  const ir::Type& type = op.result()->type();
  const int64_t most =
      slow_epilogue ? accumulators_beside_division(target) : convolution_accumulators(target);
  return best_tile(possible_vectors(op, target.lanes(static_cast<int>(ir::size_of(type.element)))),
                   type.shape, {most, most, type.shape.size() - 1});
}

}  // namespace kiln::codegen::cpu
