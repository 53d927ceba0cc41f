// Parts of tensors that begin at indices which are known.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

/// Where a part of that extent begins: one that reached past the end is moved back, as in Keras.
int64_t start_within(int64_t start, int64_t part, int64_t whole) {
  return std::clamp<int64_t>(start < 0 ? start + whole : start, 0, whole - part);
}

Status check_count(const Integers& numbers, Tensor x, std::string_view name) {
  if (static_cast<int64_t>(numbers.size()) == x.rank()) return ok();
  return Diagnostic{"",
                    fmt::format("\"{}\" has {} numbers for a tensor of shape {}", name,
                                numbers.size(), show_shape(x.shape())),
                    ""};
}

/// shape: -1 stands for all that is left.
Expected<Tensor> part_of(Tensor x, const Integers& first, const Integers& shape) {
  KILN_TRY(check_count(first, x, "start_indices"));
  KILN_TRY(check_count(shape, x, "shape"));
  Integers starts, limits;
  for (size_t d = 0; d < first.size(); ++d) {
    const int64_t whole = x.shape()[d];
    const int64_t part = shape[d] == -1 ? whole - first[d] : shape[d];
    if (part < 0 || part > whole) {
      return Diagnostic{"",
                        fmt::format("a part of {} does not fit into dimension {} of {}", shape[d],
                                    d, show_shape(x.shape())),
                        ""};
    }
    starts.push_back(start_within(first[d], part, whole));
    limits.push_back(starts.back() + part);
  }
  return slice(x, starts, limits);
}

/// x with `updates` in place of the part that begins there.
Expected<Tensor> with_part(Tensor x, const Integers& first, Tensor updates) {
  KILN_TRY(check_count(first, x, "start_indices"));
  if (updates.rank() != x.rank() || updates.type().element != x.type().element)
    return Diagnostic{"", "updates must have the rank and the type of inputs", ""};
  Integers low, high;
  Tensor is_part;
  for (int64_t d = 0; d < x.rank(); ++d) {
    const int64_t whole = extent(x, d), part = extent(updates, d);
    if (part > whole)
      return Diagnostic{"", fmt::format("updates do not fit into dimension {}", d), ""};
    low.push_back(start_within(first[static_cast<size_t>(d)], part, whole));
    high.push_back(whole - part - low.back());
    if (part == whole) continue;
    const Tensor place = x.builder->iota(x.type().with_element(ir::ElementType::i32), d);
    const Tensor within = logical_and(compare(place, "GE", static_cast<double>(low.back())),
                                      compare(place, "LT", static_cast<double>(low.back() + part)));
    is_part = is_part ? logical_and(is_part, within) : within;
  }
  return is_part ? select(is_part, pad(updates, 0, low, high), x) : updates;
}

/// The indices along each dimension of the element that stands at a place among all; one before the
/// first or after the last is that.
Expected<Tensors> unravel(Tensor places, const Integers& shape) {
  if (!ir::is_integer(places.type().element))
    return Diagnostic{"", "indices must be integers", "convert them with keras.ops.cast"};
  if (std::any_of(shape.begin(), shape.end(), [](int64_t extent) { return extent < 1; }))
    return Diagnostic{"", "the extents of shape must be positive", ""};
  Tensors indices;
  for (auto d = shape.rbegin(); d != shape.rend(); ++d) {
    const auto count = static_cast<double>(*d);
    const Tensor rest = remainder(places, places.builder->constant(count, places.type()));
    const Tensor index = select(compare(rest, "LT", 0.0), rest + count, rest);
    places = (places - index) / count;
    indices.insert(indices.begin(), index);
  }
  const Tensor after = compare(places, "GT", 0.0), before = compare(places, "LT", -1.0);
  for (size_t d = 0; d < shape.size(); ++d) {
    const auto number = [&](int64_t value) {
      return places.builder->constant(static_cast<double>(value), places.type());
    };
    indices[d] = select(after, number(shape[d] - 1), select(before, number(0), indices[d]));
  }
  return indices;
}

}  // namespace

void add_slices(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Slice", "inputs, start_indices; shape", "a part of that shape; -1 is what is left",
      [](Tensor x, IntegerList start, IntegerList shape) {
        return part_of(x, start.values, shape.values);
      });
  add("SliceUpdate", "inputs, start_indices, updates", "a tensor with another in place of a part",
      [](Tensor x, IntegerList start, Tensor updates) {
        return with_part(x, start.values, updates);
      });
  add("UnravelIndex", "indices; shape", "indices along each dimension of a place among all",
      [](Tensor places, IntegerList shape) { return unravel(places, shape.values); });
}

}  // namespace kiln::keras
