// Integers as vectors, as several of Keras's layers give them.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// What becomes of the integers of a row.
struct Encoding {
  /// "one_hot": a vector for each integer ([..., 1]: for [...]); "multi_hot": one for the row, with
  /// 1 where an integer occurs; "count": with how often it does.
  std::string mode = "multi_hot";
  int64_t depth = 0;  ///< how many integers there are, from 0

  /// The type of the vectors.
  Expected<ir::Type> type_for(const LayerInput& input) const;
  /// index: i32; one that is not in [0, depth) counts for nothing.
  ir::Tensor of(ir::Tensor index) const;
};

}  // namespace kiln::keras
