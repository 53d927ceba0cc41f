// What follows from the order of elements: quantiles, places in a sorted sequence, membership.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/operations/list.h"
#include "frontend/keras/operations/reductions.h"
#include "frontend/keras/operations/sorting.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

constexpr auto kI32 = ir::ElementType::i32;

// ---- quantiles

/// Shares in [0, 1]; a list of them gives the result a dimension in front.
struct Shares {
  std::vector<float> values;
  bool is_list = false;
};

/// A number, a list of them or an array that the file holds, in this unit.
Expected<Shares> read_shares(const Json& json, float unit) {
  const bool is_array = json.is_object() && json.contains("config") && json["config"].is_object() &&
                        json["config"].contains("value");
  const Json& value = is_array ? json["config"]["value"] : json;
  Shares shares{{}, value.is_array()};
  for (const Json& each : value.is_array() ? value : Json::array({value})) {
    if (!each.is_number() || !(each >= 0.0 && each <= static_cast<double>(unit))) {
      return Diagnostic{"", fmt::format("q must be a number from 0 to {}, or a list of such", unit),
                        tensor_number(json) ? "q must be known when the model is compiled" : ""};
    }
    shares.values.push_back(each.get<float>() / unit);
  }
  if (shares.values.empty()) return Diagnostic{"", "q is empty", ""};
  return shares;
}

/// The reduced dimensions as one, the last.
Tensor as_lines(Tensor x, const Integers& dimensions) {
  Integers order;
  ir::Shape shape;
  int64_t count = 1;
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (std::find(dimensions.begin(), dimensions.end(), d) != dimensions.end()) continue;
    order.push_back(d);
    shape.push_back(extent(x, d));
  }
  for (int64_t d : dimensions) {
    order.push_back(d);
    count *= extent(x, d);
  }
  shape.push_back(count);
  return reshape(transpose(x, order), shape);
}

/// The middle of two elements, or what lies at a share of the way from one to the other.
enum class Between { middle, line };

/// As Keras on JAX: the place among the sorted elements in float32; NaN where one of them is.
Expected<Tensor> quantile(Tensor x, const Shares& shares, const AxesArgument& axes, Between between,
                          bool keepdims) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  const Tensor lines = as_lines(x, dimensions);
  const int64_t last = lines.rank() - 1, count = extent(lines, last);
  if (count == 0) return Diagnostic{"", "of no elements", ""};
  KILN_ASSIGN(const Tensor ordered, sorted(lines, last));
  const Tensor has_nan = reduce(compare(lines, "NE", lines), "or", {last}, true);
  ir::Shape shape = lines.shape();
  shape.pop_back();
  if (keepdims) {
    shape = x.shape();
    for (int64_t d : dimensions) shape.at(static_cast<size_t>(d)) = 1;
  }
  if (shares.is_list) shape.insert(shape.begin(), 1);
  std::vector<Tensor> results;
  for (float share : shares.values) {
    const float place = share * static_cast<float>(count - 1);
    const float share_of_high = place - std::floor(place);
    const auto element = [&](float at) {
      const auto i = std::clamp<int64_t>(static_cast<int64_t>(at), 0, count - 1);
      return slice_along(ordered, last, i, i + 1);
    };
    const Tensor low = element(std::floor(place)), high = element(std::ceil(place));
    const Tensor y = between == Between::middle
                         ? (low + high) * 0.5
                         : low * (1.0F - share_of_high) + high * share_of_high;
    const Tensor nan = y.builder->constant(std::numeric_limits<double>::quiet_NaN(), y.type());
    results.push_back(reshape(select(has_nan, nan, y), shape));
  }
  return results.size() == 1 ? results[0] : concatenate(results, 0);
}

/// In models, Keras computes "linear" whatever is asked for.
Status check_method(const std::string& method) {
  if (method == "linear") return ok();
  return Diagnostic{"", fmt::format("method \"{}\" is not supported", method),
                    "Keras itself computes \"linear\" in a saved model: say that"};
}

// ---- places and membership

/// How many elements of a sequence come before each value, or (right) not after it.
Expected<Tensor> search_sorted(const Operand& sequence, const Operand& values, bool right) {
  std::vector<Tensor> both = promote({sequence, values});
  if (both[0].rank() != 1) return Diagnostic{"", "takes a sequence of one dimension", ""};
  if (is_bool(both[0])) both = {convert(both[0], kI32), convert(both[1], kI32)};
  ir::Shape pairs = both[1].shape();
  pairs.push_back(both[0].shape()[0]);
  KILN_TRY(check_size(pairs));
  const int64_t last = both[1].rank();
  const Tensor element = broadcast_in_dim(both[0], pairs, {last});
  const Tensor value = broadcast_in_dim(both[1], pairs, all_dimensions(last));
  const Tensor counts = right ? logical_not(is_less(value, element)) : is_less(element, value);
  return sum(convert(counts, kI32), {last});
}

/// The number of the bin that each value lies in; bins increase or decrease.
Expected<Tensor> digitize(const Operand& x, const Operand& bins) {
  KILN_ASSIGN(const Tensor below, search_sorted(bins, x, true));
  const int64_t count = extent(bins.tensor, 0);
  if (count == 0) return below;
  const Tensor first = slice_along(bins.tensor, 0, 0, 1);
  const Tensor last = slice_along(bins.tensor, 0, count - 1, count);
  const Tensor increase = reshape(compare(last, "GE", first), {});
  return select(increase, below, static_cast<double>(count) - below);
}

Expected<Tensor> is_in(const Operand& x, const Operand& set, bool invert) {
  const std::vector<Tensor> both = promote({x, set});
  const int64_t count = both[1].type().count(), last = both[0].rank();
  ir::Shape pairs = both[0].shape();
  pairs.push_back(count);
  KILN_TRY(check_size(pairs));
  const Tensor equal = compare(broadcast_in_dim(both[0], pairs, all_dimensions(last)), "EQ",
                               broadcast_in_dim(reshape(both[1], {count}), pairs, {last}));
  const Tensor found = reduce(equal, "or", {last});
  return invert ? logical_not(found) : found;
}

/// Whether no k predictions are larger than that of the target's class.
Expected<Tensor> in_top_k(Tensor targets, Tensor predictions, int64_t k) {
  if (!ir::is_integer(targets.type().element) || predictions.rank() != 2 || targets.rank() != 1 ||
      targets.shape()[0] != predictions.shape()[0]) {
    return Diagnostic{"", "takes targets [batch] of integers, and predictions [batch, classes]",
                      ""};
  }
  const int64_t classes = extent(predictions, 1);
  if (classes == 0) return Diagnostic{"", "there are no classes", ""};
  const Tensor label = reshape(convert(targets, kI32), {targets.shape()[0], 1});
  const Tensor from_start =
      select(compare(label, "LT", 0.0), label + static_cast<double>(classes), label);
  const ir::Type index = predictions.type().with_element(kI32);
  const Tensor is_label = compare(broadcast_to(from_start, predictions.shape()), "EQ",
                                  predictions.builder->iota(index, 1));
  // NaN, and what is no class, count as less than every number.
  const Tensor is_number = compare(predictions, "EQ", predictions);
  const double least = -std::numeric_limits<double>::infinity();
  const Tensor own =
      reduce(select(logical_and(is_label, is_number), predictions, least), "maximum", {1}, true);
  const Tensor larger = compare(predictions, "GT", broadcast_to(own, predictions.shape()));
  return compare(sum(convert(larger, kI32), {1}), "LT", static_cast<double>(k));
}

/// x less a threshold, 0 below it, so that a row sums to 1 (Martins and Astudillo 2016).
Expected<Tensor> sparsemax(Tensor x, int64_t axis) {
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  KILN_ASSIGN(const Tensor increasing, sorted(-x, dimension));
  const Tensor decreasing = -increasing;
  const Tensor sums = accumulate(decreasing, dimension, false);
  const Tensor number = x.builder->iota(x.type(), dimension) + 1.0;
  const Tensor supports = compare(decreasing - (sums - 1.0) / number, "GT", 0.0);
  const Tensor count = sum(convert(supports, x.type().element), {dimension}, true);
  // As Keras has it: the sum of the partial sums, not the last of them.
  const Tensor total = sum(select(supports, sums, 0.0), {dimension}, true);
  return maximum(x - (total - 1.0) / count, 0.0);
}

/// What q times `unit` of the elements are below, on a line between those around it.
Expected<Tensor> quantile_by_name(Tensor x, const Json& q, const AxesArgument& axes,
                                  const std::string& method, bool keepdims, float unit) {
  KILN_TRY(check_method(method));
  KILN_ASSIGN(const Shares shares, read_shares(q, unit));
  return quantile(x, shares, axes, Between::line, keepdims);
}

void add_quantiles(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Median", "x; axis=None, keepdims=False", "the middle element along axes",
      [](Floats x, AxesArgument axes, bool keepdims) {
        return quantile(x.x, {{0.5F}}, axes, Between::middle, keepdims);
      });
  add("Quantile", "x, q; axis=None, method='linear', keepdims=False",
      "what a share of the elements along axes are below",
      [](Floats x, AnyArgument q, AxesArgument axes, const std::string& method, bool keepdims) {
        return quantile_by_name(x.x, *q.json, axes, method, keepdims, 1);
      });
  add("Percentile", "x, q; axis=None, method='linear', keepdims=False",
      "the same, of a share in percent",
      [](Floats x, AnyArgument q, AxesArgument axes, const std::string& method, bool keepdims) {
        return quantile_by_name(x.x, *q.json, axes, method, keepdims, 100);
      });
}

}  // namespace

void add_ranks(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add_quantiles(table);
  add("SearchSorted", "sorted_sequence, values; side='left'",
      "where values would stand in a sorted sequence",
      [](Operand sequence, Operand values, const std::string& side) -> Expected<Tensor> {
        if (side != "left" && side != "right")
          return Diagnostic{"", "side must be \"left\" or \"right\"", ""};
        return search_sorted(sequence, values, side == "right");
      });
  add("Digitize", "x, bins", "the numbers of the bins that elements lie in",
      [](Operand x, Operand bins) { return digitize(x, bins); });
  add("IsIn", "x1, x2; assume_unique=False, invert=False",
      "whether elements of x1 are among those of x2",
      [](Operand x1, Operand x2, bool, bool invert) { return is_in(x1, x2, invert); });
  add("InTopK", "targets, predictions; k", "whether a class is among the k likeliest",
      [](Tensor targets, Floats predictions, int64_t k) {
        return in_top_k(targets, predictions.x, k);
      });
  add("Sparsemax", "x; axis=-1", "probabilities of which many are 0",
      [](Floats x, int64_t axis) { return sparsemax(x.x, axis); });
}

}  // namespace kiln::keras
