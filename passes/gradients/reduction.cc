// Derivatives of reductions.
#include "ir/ops/reduction.h"

#include <algorithm>

#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Shape;
using ir::Tensor;
using A = const Application&;

/// The operand's dimensions that the reduction keeps.
Integers kept_dimensions(A a) { return ir::Reduce::of(a.op).kept(a.x().rank()); }

/// Something of the result's shape, repeated over the reduced dimensions.
Tensor spread(A a, Tensor t) { return broadcast_in_dim(t, a.x().shape(), kept_dimensions(a)); }

/// Equal shares to all elements that are the extreme, as in TensorFlow.
Tensor extreme_operand(A a) {
  const Tensor chosen = compare(a.x(), "EQ", spread(a, a.y()));
  const Tensor count = sum(convert(chosen, a.dy.type().element), ir::Reduce::of(a.op).dimensions);
  return select(chosen, spread(a, a.dy / count), 0);
}

/// Products of all earlier elements along the last dimension, in log2(n) doubling steps.
Tensor exclusive_products(Tensor x) {
  const size_t last = x.shape().size() - 1;
  const int64_t n = x.shape()[last];
  auto shifted = [&](Tensor t, int64_t by) {
    Integers low(last + 1, 0);
    Integers high(last + 1, 0);
    low[last] = by;
    high[last] = -by;
    return pad(t, 1, low, high);
  };
  Tensor products = shifted(x, 1);
  for (int64_t by = 1; by < n - 1; by *= 2) products = products * shifted(products, by);
  return products;
}

/// dy times the product of all other elements. Dividing y by x would fail at zeros.
Tensor product_operand(A a) {
  if (a.x().type().count() == 0) return {};
  const Integers kept = kept_dimensions(a);
  const Integers reduced = ir::Reduce::of(a.op).dimensions;
  Integers order = kept;
  order.insert(order.end(), reduced.begin(), reduced.end());
  Integers inverse(order.size());
  for (size_t d = 0; d < order.size(); ++d)
    inverse[static_cast<size_t>(order[d])] = static_cast<int64_t>(d);

  const Tensor reordered = transpose(a.x(), order);
  Shape rows = a.y().shape();
  rows.push_back(a.x().type().count() / a.y().type().count());
  const Tensor x = reshape(reordered, rows);
  const Integers last = {x.rank() - 1};
  const Tensor others = exclusive_products(x) * reverse(exclusive_products(reverse(x, last)), last);
  return spread(a, a.dy) * transpose(reshape(others, reordered.shape()), inverse);
}

Tensor reduce_operand(A a) {
  const std::string reducer = ir::Reduce::of(a.op).reducer;
  if (reducer == "add") return spread(a, a.dy);
  if (reducer == "multiply") return product_operand(a);
  return extreme_operand(a);
}

}  // namespace

void add_reduction_gradients(std::vector<Gradient>& table) {
  table.push_back({"reduce", {reduce_operand}});
}

}  // namespace kiln::passes
