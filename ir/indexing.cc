#include "ir/indexing.h"

#include <numeric>

namespace kiln::ir {

Tensor take(Tensor x, Tensor indices, int64_t axis) {
  Integers row(static_cast<size_t>(x.rank()) - 1);
  std::iota(row.begin(), row.end(), 0);
  for (int64_t& d : row) d += d < axis ? 0 : indices.rank();
  return gather(x, indices, {std::move(row), {axis}, {axis}, indices.rank()});
}

Tensor add_rows(Tensor x, Tensor indices, Tensor updates) {
  Integers row(static_cast<size_t>(x.rank()) - 1);
  std::iota(row.begin(), row.end(), indices.rank());
  return scatter_add(x, indices, updates, {std::move(row), {0}, {0}, indices.rank()});
}

Tensor gather(Tensor x, Tensor indices, const GatherDimensions& dimensions) {
  Integers sizes = x.shape();
  for (int64_t d : dimensions.collapsed_slice) sizes.at(static_cast<size_t>(d)) = 1;
  return x.builder->wrap(x.builder
                             ->create("gather", {x.value, indices.value},
                                      {{"offset_dims", dimensions.offset},
                                       {"collapsed_slice_dims", dimensions.collapsed_slice},
                                       {"start_index_map", dimensions.start_index_map},
                                       {"index_vector_dim", dimensions.index_vector},
                                       {"slice_sizes", std::move(sizes)}})
                             ->result());
}

Tensor scatter_add(Tensor x, Tensor indices, Tensor updates, const GatherDimensions& dimensions) {
  return x.builder->wrap(x.builder
                             ->create("scatter", {x.value, indices.value, updates.value},
                                      {{"update_window_dims", dimensions.offset},
                                       {"inserted_window_dims", dimensions.collapsed_slice},
                                       {"scatter_dims_to_operand_dims", dimensions.start_index_map},
                                       {"index_vector_dim", dimensions.index_vector},
                                       {"reducer", std::string("add")}})
                             ->result());
}

}  // namespace kiln::ir
