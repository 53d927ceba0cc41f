// Sizes along the spatial dimensions of a layer.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::keras {

/// One number per spatial dimension. A single one stands for all: Keras's kernel_size=3.
struct Extents {
  std::vector<int64_t> values;

  Extents() = default;
  Extents(int64_t all) : values{all} {}
  Extents(std::initializer_list<int64_t> values) : values(values) {}
  Extents(std::vector<int64_t> values) : values(std::move(values)) {}

  bool empty() const { return values.empty(); }
  int64_t operator[](size_t dimension) const {
    return values.size() == 1 ? values[0] : values.at(dimension);
  }
  /// One number for each of `rank` dimensions, as Keras writes them.
  std::vector<int64_t> spelled_out(size_t rank) const;
};

/// Whether there is one for all or one for each dimension, and none below `least`.
Status check_extents(std::string_view name, const Extents& extents, size_t rank, int64_t least);

}  // namespace kiln::keras
