// Derivatives of contractions: contractions of the adjoint with the other operand.
#include <algorithm>
#include <numeric>

#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Tensor;
using A = const Application&;

/// One operand of a dot_general, with its dimension numbers.
struct Side {
  Tensor tensor;
  Integers batching;
  Integers contracting;
  Integers free;
};

Side side(A a, size_t operand) {
  const auto [lhs_batching, rhs_batching, lhs_contracting, rhs_contracting] =
      ir::DotGeneral::of(a.op);
  Side s{a.x(operand),
         operand == 0 ? lhs_batching : rhs_batching,
         operand == 0 ? lhs_contracting : rhs_contracting,
         {}};
  s.free = ir::free_dimensions(s.tensor.rank(), s.batching, s.contracting);
  return s;
}

Integers count_from(int64_t first, size_t count) {
  Integers dims(count);
  std::iota(dims.begin(), dims.end(), first);
  return dims;
}

/// My contracting dimensions in the order in which the other operand keeps their partners.
Integers contracting_in_order_of(const Side& other, const Side& mine) {
  Integers order = count_from(0, mine.contracting.size());
  std::sort(order.begin(), order.end(), [&](int64_t i, int64_t j) {
    return other.contracting[static_cast<size_t>(i)] < other.contracting[static_cast<size_t>(j)];
  });
  for (int64_t& i : order) i = mine.contracting[static_cast<size_t>(i)];
  return order;
}

Integers joined(Integers a, const Integers& b, const Integers& c) {
  a.insert(a.end(), b.begin(), b.end());
  a.insert(a.end(), c.begin(), c.end());
  return a;
}

/// Puts dimension i of t, which is dimension labels[i] of the wanted tensor, in its place.
Tensor arranged(Tensor t, const Integers& labels) {
  if (std::is_sorted(labels.begin(), labels.end())) return t;
  Integers permutation(labels.size());
  for (size_t i = 0; i < labels.size(); ++i)
    permutation[static_cast<size_t>(labels[i])] = static_cast<int64_t>(i);
  return transpose(t, permutation);
}

/// Sums dy * other over other's free dimensions. Of the two operand orders the one is taken whose
/// result already lies as the operand does: a dense layer's gradients need no transpose.
Tensor dot_operand(A a) {
  const Side mine = side(a, a.operand);
  const Side other = side(a, 1 - a.operand);
  const size_t batching = mine.batching.size();
  const size_t before_free = batching + (a.operand == 0 ? mine.free.size() : 0);
  const Integers dy_batching = count_from(0, batching);
  const Integers dy_free = count_from(static_cast<int64_t>(before_free), other.free.size());
  const Integers contracting = contracting_in_order_of(other, mine);

  const Integers dy_first = joined(mine.batching, mine.free, contracting);
  const Integers dy_second = joined(mine.batching, contracting, mine.free);
  const bool first_fits = std::is_sorted(dy_first.begin(), dy_first.end());
  const bool second_fits = std::is_sorted(dy_second.begin(), dy_second.end());
  if (first_fits || (a.operand == 0 && !second_fits)) {
    return arranged(
        dot_general(a.dy, other.tensor, {dy_batching, other.batching, dy_free, other.free}),
        dy_first);
  }
  return arranged(
      dot_general(other.tensor, a.dy, {other.batching, dy_batching, other.free, dy_free}),
      dy_second);
}

}  // namespace

void add_contraction_gradients(std::vector<Gradient>& table) {
  table.push_back({"dot_general", {dot_operand, dot_operand}});
}

}  // namespace kiln::passes
