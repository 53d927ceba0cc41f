// Orders of elements. The place of each follows from how many come before it: a comparison of all
// pairs along a dimension, which suits the tens or hundreds of elements that models sort.
#include "frontend/keras/operations/sorting.h"

#include <fmt/format.h>

#include <optional>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kI32 = ir::ElementType::i32;

enum class Order { increasing, decreasing };

/// Whether a comes before b, where they differ: NaN counts as larger than all numbers.
Tensor precedes(Tensor a, Tensor b, Order order) {
  const bool increasing = order == Order::increasing;
  const Tensor numbers = compare(a, increasing ? "LT" : "GT", b);
  if (!is_float(a)) return numbers;
  const Tensor first = increasing ? a : b, last = increasing ? b : a;
  return logical_or(numbers, logical_and(compare(first, "EQ", first), compare(last, "NE", last)));
}

/// Where the first `count` elements of an order stand in x: i32, along the dimension. Equal ones
/// keep the order that they have.
Expected<Tensor> places_in_order(Tensor x, int64_t dimension, int64_t count, Order order) {
  const int64_t n = extent(x, dimension);
  ir::Shape pairs = x.shape();
  pairs.insert(pairs.begin() + dimension, n);
  KILN_TRY(check_size(pairs));
  // [..., n, n, ...]: the other element, then the one whose place is looked for.
  ir::Integers other = all_dimensions(x.rank()), own = other;
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (d > dimension) ++other.at(static_cast<size_t>(d));
    if (d >= dimension) ++own.at(static_cast<size_t>(d));
  }
  const Tensor a = broadcast_in_dim(x, pairs, other), b = broadcast_in_dim(x, pairs, own);
  const ir::Type numbers{kI32, pairs};
  const Tensor a_number = x.builder->iota(numbers, dimension);
  const Tensor b_number = x.builder->iota(numbers, dimension + 1);
  const Tensor is_before = logical_or(
      precedes(a, b, order),
      logical_and(logical_not(precedes(b, a, order)), compare(a_number, "LT", b_number)));
  const Tensor rank = sum(convert(is_before, kI32), {dimension});
  // The element of each rank: [..., count, n, ...].
  ir::Shape ranked = with_extent(pairs, dimension, count);
  const ir::Type ranks{kI32, ranked};
  const Tensor is_it =
      compare(broadcast_in_dim(rank, ranked, own), "EQ", x.builder->iota(ranks, dimension));
  const Tensor place = select(is_it, x.builder->iota(ranks, dimension + 1), 0.0);
  return sum(place, {dimension + 1});
}

struct Line {
  Tensor x;
  int64_t dimension;
};

/// Without an axis, all elements in one dimension.
Expected<Line> line_of(Tensor x, std::optional<int64_t> axis) {
  if (!axis) x = reshape(x, {x.type().count()});
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis.value_or(0), x.rank()));
  return Line{x, dimension};
}

Expected<Tensor> increasing_places(const Line& line) {
  return places_in_order(line.x, line.dimension, extent(line.x, line.dimension), Order::increasing);
}

Expected<Tensor> argsort(Tensor x, std::optional<int64_t> axis) {
  KILN_ASSIGN(const Line line, line_of(x, axis));
  return increasing_places(line);
}

Expected<Tensor> sort(Tensor x, std::optional<int64_t> axis) {
  KILN_ASSIGN(const Line line, line_of(x, axis));
  return sorted(line.x, line.dimension);
}

Expected<Tensors> top_k(Tensor x, int64_t k) {
  KILN_ASSIGN(const int64_t last, dimension_of(-1, x.rank()));
  if (k < 1 || k > extent(x, last)) {
    return Diagnostic{"", fmt::format("k is {}, of {} elements", k, extent(x, last)),
                      "k must be at least 1, and no more than the last dimension has"};
  }
  KILN_ASSIGN(const Tensor places, places_in_order(x, last, k, Order::decreasing));
  return Tensors{elements_at(x, places, last), places};
}

}  // namespace

Tensor is_less(Tensor a, Tensor b) { return precedes(a, b, Order::increasing); }

Expected<Tensor> sorted(Tensor x, int64_t dimension) {
  KILN_ASSIGN(const Tensor places, increasing_places({x, dimension}));
  return elements_at(x, places, dimension);
}

void add_sorting(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Sort", "x; axis=-1", "the elements in increasing order along an axis",
      [](Tensor x, std::optional<int64_t> axis) { return sort(x, axis); });
  add("Argsort", "x; axis=-1", "where the elements in increasing order stand",
      [](Tensor x, std::optional<int64_t> axis) { return argsort(x, axis); });
  add("TopK", "x; k, sorted=True", "the k largest along the last axis, and where they stand",
      [](Tensor x, int64_t k, bool) { return top_k(x, k); });
}

}  // namespace kiln::keras
