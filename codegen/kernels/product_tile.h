// The part of a product's result that stays in registers while its sums run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "ir/op.h"

namespace kiln::codegen {

/// A register tile of a dot_general's or convolution's result: `vectors` vectors of `lanes` columns
/// (the result's last dimension) by `rows` along `row_dimension`, and all of the dimensions between
/// the two. Tiles need not divide the result: what the last vectors hold beyond the columns is
/// nothing, and the last rows' tile begins early enough to end with the rows, so that some rows are
/// summed twice.
struct ProductTile {
  int64_t lanes = 1;
  int64_t vectors = 1;
  int64_t rows = 1;
  size_t row_dimension = 1;  ///< counted from the result's last dimension, which is 0

  int64_t columns() const { return lanes * vectors; }
};

/// The tiles of a kernel's products, by their results.
using ProductTiles = std::map<const ir::Value*, ProductTile>;

/// The parameters of a tiled product's sums, innermost first; behind them come the result's other
/// dimensions.
enum TileParameter : size_t {
  kLane,     ///< of a vector
  kVector,   ///< of a tile
  kRow,      ///< of a tile
  kColumns,  ///< the tile's number along columns
  kRows,     ///< the tile's number along rows
};

/// The place among the parameters of one of the other dimensions, counted as row_dimension is.
inline size_t parameter_of(const ProductTile& tile, size_t dimension) {
  return kRows + dimension - (dimension > tile.row_dimension ? 1 : 0);
}

/// How many tiles of `part` cover `extent`.
inline int64_t tiles_over(int64_t extent, int64_t part) { return (extent + part - 1) / part; }

}  // namespace kiln::codegen
