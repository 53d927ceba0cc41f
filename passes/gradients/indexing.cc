// Derivatives of gather and scatter: of each other's kind.
#include "passes/gradients/indexing.h"

#include <algorithm>

#include "ir/indexing.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Literal;
using ir::Tensor;
using A = const Application&;

/// The largest index in range, in the shape of the indices.
Tensor last_indices(Tensor indices, const ir::Shape& table, const ir::GatherDimensions& dims) {
  std::vector<double> last;
  for (int64_t d : dims.start_index_map)
    last.push_back(static_cast<double>(table[static_cast<size_t>(d)] - 1));
  ir::Builder& builder = *indices.builder;
  if (dims.index_vector == indices.rank()) return builder.constant(last[0], indices.type());
  const auto components = static_cast<int64_t>(last.size());
  const Tensor vector =
      builder.constant(Literal::from_values(indices.type().with_shape({components}), last));
  return broadcast_in_dim(vector, indices.shape(), {dims.index_vector});
}

/// Adds up the adjoints of an element that was taken several times. What gather clamps, scatter
/// would drop.
Tensor gather_operand(A a) {
  const ir::GatherDimensions dims = ir::GatherDimensions::of(a.op);
  const Tensor last = last_indices(a.x(1), a.x(0).shape(), dims);
  return scatter_add(a.builder.constant(0, a.x(0).type()), minimum(maximum(a.x(1), 0.0), last),
                     a.dy, dims);
}

/// What was added at an index changes with that element alone; what was dropped, with none.
Tensor scatter_updates(A a) {
  if (a.x(0).type().count() == 0) return {};
  const ir::GatherDimensions dims = ir::GatherDimensions::of(a.op);
  const Tensor indices = a.x(1);
  Tensor inside = logical_and(compare(indices, "GE", 0.0),
                              compare(indices, "LE", last_indices(indices, a.x(0).shape(), dims)));
  if (dims.index_vector < indices.rank()) inside = reduce(inside, "and", {dims.index_vector});
  Integers rows;
  for (int64_t d = 0; d < a.x(2).rank(); ++d) {
    if (std::find(dims.offset.begin(), dims.offset.end(), d) == dims.offset.end())
      rows.push_back(d);
  }
  return select(broadcast_in_dim(inside, a.x(2).shape(), rows), gather(a.dy, indices, dims), 0.0);
}

}  // namespace

void add_indexing_gradients(std::vector<Gradient>& table) {
  table.push_back({"gather", {gather_operand, nullptr}});
  table.push_back({"scatter", {[](A a) { return a.dy; }, nullptr, scatter_updates}});
}

}  // namespace kiln::passes
