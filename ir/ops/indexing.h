// What gather and scatter know besides their operands.
#pragma once

#include "ir/op.h"

namespace kiln::ir {

/// The geometry that gather and scatter share, by StableHLO's names for gather. A table (gather's
/// operand, scatter's result) has indexed dimensions, at which an index vector points, and others,
/// which are taken whole: the window. The other tensor, the rows (gather's result, scatter's
/// updates), has the index vectors' dimensions and, at `offset`, the window's.
struct GatherDimensions {
  Integers offset;           ///< dimensions of the rows that run over the window
  Integers collapsed_slice;  ///< the indexed dimensions of the table, in order
  Integers start_index_map;  ///< the table's dimension of each component of an index vector
  int64_t index_vector = 0;  ///< the indices' dimension of components; their rank: of one alone

  /// Of a gather or a scatter.
  static GatherDimensions of(const Op& op);
  /// The window's dimensions of a table of this rank, in order.
  Integers window(int64_t table_rank) const;
};

}  // namespace kiln::ir
