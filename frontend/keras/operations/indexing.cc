// Elements by their places: indices, slices, and tensors of indices.
#include "ir/indexing.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

constexpr auto kI32 = ir::ElementType::i32;

bool is_class(const Json& json, std::string_view name) {
  return json.is_object() && json.value("class_name", Json()) == name;
}

/// What is done to a tensor by x[...], dimension by dimension.
struct Subscript {
  Integers starts, limits, strides, reversed;
  ir::Shape shape;  ///< of the result
};

Diagnostic bad_key(const Json& key) {
  return {"", fmt::format("cannot take {} as an index", excerpt(key)),
          "kiln takes integers, slices, None and Ellipsis"};
}

/// start:stop:step of a dimension of that extent, by Python's rules.
Status add_slice(const Json& key, int64_t count, Subscript& subscript) {
  const Json& config = key["config"];
  const auto part = [&](const char* name) { return config.value(name, Json()); };
  for (const char* name : {"start", "stop", "step"}) {
    const Json value = part(name);
    if (tensor_number(value))
      return Diagnostic{"", "a slice's borders must be numbers, not tensors", ""};
    if (!value.is_null() && !value.is_number_integer()) return bad_key(key);
  }
  const int64_t step = part("step").is_null() ? 1 : part("step").get<int64_t>();
  if (step == 0) return Diagnostic{"", "a slice's step must not be 0", ""};
  const int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? count : count - 1;
  const auto border = [&](const char* name, int64_t otherwise) {
    if (part(name).is_null()) return otherwise;
    const int64_t given = part(name).get<int64_t>();
    return std::clamp(given < 0 ? given + count : given, lowest, highest);
  };
  const int64_t start = border("start", step > 0 ? lowest : highest);
  const int64_t stop = border("stop", step > 0 ? highest : lowest);
  const int64_t size = std::abs(step);
  const int64_t span = step > 0 ? stop - start : start - stop;
  const int64_t elements = span <= 0 ? 0 : (span + size - 1) / size;
  // Backwards: the same elements from the last one on, then reversed.
  const int64_t first = step > 0 ? start : start - (elements - 1) * size;
  if (step < 0) subscript.reversed.push_back(static_cast<int64_t>(subscript.starts.size()));
  subscript.starts.push_back(elements == 0 ? 0 : first);
  subscript.limits.push_back(elements == 0 ? 0
                             : step == 1   ? stop
                                           : first + (elements - 1) * size + 1);
  subscript.strides.push_back(size);
  subscript.shape.push_back(elements);
  return ok();
}

Status add_index(int64_t index, int64_t count, Subscript& subscript) {
  const int64_t place = index < 0 ? index + count : index;
  if (place < 0 || place >= count) {
    return Diagnostic{"", fmt::format("index {} is out of range for an extent of {}", index, count),
                      ""};
  }
  subscript.starts.push_back(place);
  subscript.limits.push_back(place + 1);
  subscript.strides.push_back(1);
  return ok();
}

/// The dimension is taken as it is.
void add_whole(int64_t count, Subscript& subscript) {
  subscript.starts.push_back(0);
  subscript.limits.push_back(count);
  subscript.strides.push_back(1);
  subscript.shape.push_back(count);
}

/// x[key]; in Keras's file a tuple is a list.
Expected<Tensor> get_item(Tensor x, const Json& key) {
  const Json keys = key.is_array() ? key : Json::array({key});
  const auto is_ellipsis = [](const Json& each) { return is_class(each, "__ellipsis__"); };
  const auto taking = std::count_if(keys.begin(), keys.end(), [&](const Json& each) {
    return !each.is_null() && !is_ellipsis(each);
  });
  const int64_t rest = x.rank() - taking;
  if (rest < 0 || std::count_if(keys.begin(), keys.end(), is_ellipsis) > 1) {
    return Diagnostic{
        "",
        fmt::format("{} indices do not fit a tensor of shape {}", taking, show_shape(x.shape())),
        ""};
  }
  Subscript subscript;
  const auto next = [&] { return x.shape().at(subscript.starts.size()); };
  for (const Json& each : keys) {
    if (each.is_null()) {
      subscript.shape.push_back(1);
    } else if (is_ellipsis(each)) {
      for (int64_t i = 0; i < rest; ++i) add_whole(next(), subscript);
    } else if (is_class(each, "__slice__")) {
      KILN_TRY(add_slice(each, next(), subscript));
    } else if (each.is_number_integer()) {
      KILN_TRY(add_index(each.get<int64_t>(), next(), subscript));
    } else {
      return bad_key(each);
    }
  }
  while (subscript.starts.size() < x.shape().size()) add_whole(next(), subscript);
  Tensor y = slice(x, subscript.starts, subscript.limits, subscript.strides);
  if (!subscript.reversed.empty()) y = reverse(y, subscript.reversed);
  return reshape(y, subscript.shape);
}

/// Indices from the end made those from the start.
Tensor from_start(Tensor indices, int64_t count) {
  return select(compare(indices, "LT", 0.0), indices + static_cast<double>(count), indices);
}

/// What Keras gives for an index that is out of range: NaN, or the number furthest from 0.
double outside(ir::ElementType element) {
  switch (element) {
    case ir::ElementType::i8:
      return std::numeric_limits<int8_t>::min();
    case ir::ElementType::i16:
      return std::numeric_limits<int16_t>::min();
    case ir::ElementType::i32:
      return std::numeric_limits<int32_t>::min();
    case ir::ElementType::i64:
      return static_cast<double>(std::numeric_limits<int64_t>::min());
    case ir::ElementType::u8:
      return std::numeric_limits<uint8_t>::max();
    case ir::ElementType::i1:
      return 1;
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

/// y where its index is within [0, count); dimensions of `indices` are y's from `first` on.
Tensor within(Tensor y, Tensor indices, int64_t count, int64_t first) {
  const Tensor inside =
      logical_and(compare(indices, "GE", 0.0), compare(indices, "LT", static_cast<double>(count)));
  Integers places = all_dimensions(indices.rank());
  for (int64_t& d : places) d += first;
  const Tensor spread = broadcast_in_dim(inside, y.shape(), places);
  return select(spread, y, y.builder->constant(outside(y.type().element), y.type()));
}

Expected<Tensor> integer_indices(Tensor indices) {
  if (!ir::is_integer(indices.type().element))
    return Diagnostic{"", "indices must be integers", "convert them with keras.ops.cast"};
  return indices;
}

Expected<Tensor> take_along(Tensor x, Tensor indices, std::optional<int64_t> axis) {
  KILN_ASSIGN(indices, integer_indices(indices));
  if (!axis) x = reshape(x, {x.type().count()});
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis.value_or(0), x.rank()));
  const int64_t count = extent(x, dimension);
  if (count == 0) return Diagnostic{"", "there are no elements to take", ""};
  const Tensor places = from_start(indices, count);
  return within(take(x, places, dimension), places, count, dimension);
}

/// Element by element: result[i, j] is x[i, indices[i, j]] along the last of two dimensions.
Expected<Tensor> take_each(Tensor x, Tensor indices, std::optional<int64_t> axis) {
  KILN_ASSIGN(indices, integer_indices(indices));
  if (!axis) {
    x = reshape(x, {x.type().count()});
    indices = reshape(indices, {indices.type().count()});
  }
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis.value_or(0), x.rank()));
  if (indices.rank() != x.rank()) {
    return Diagnostic{"",
                      fmt::format("indices of shape {} do not fit a tensor of shape {}",
                                  show_shape(indices.shape()), show_shape(x.shape())),
                      ""};
  }
  const int64_t count = extent(x, dimension);
  KILN_ASSIGN(const ir::Shape others, common_shape(with_extent(x.shape(), dimension, 1),
                                                   with_extent(indices.shape(), dimension, 1)));
  if (count == 0) return Diagnostic{"", "there are no elements to take", ""};
  x = broadcast_to(x, with_extent(others, dimension, count));
  const ir::Shape shape = with_extent(others, dimension, extent(indices, dimension));
  const Tensor places = from_start(convert(broadcast_to(indices, shape), kI32), count);
  return within(elements_at(x, places, dimension), places, count, 0);
}

/// 1 where a class's number is x, 0 elsewhere; the classes are the new dimension `axis`.
Expected<Tensor> one_hot(Tensor x, int64_t classes, int64_t axis, const DtypeArgument& dtype,
                         bool sparse) {
  if (sparse) return Diagnostic{"", "sparse tensors are not supported", "kiln takes sparse=False"};
  KILN_ASSIGN(x, integer_indices(x));
  if (classes <= 0) return Diagnostic{"", "num_classes must be positive", ""};
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank() + 1));
  ir::Shape shape = x.shape();
  shape.insert(shape.begin() + dimension, classes);
  KILN_TRY(check_size(shape));
  Integers places = all_dimensions(x.rank());
  for (int64_t& d : places) d += d >= dimension ? 1 : 0;
  const Tensor number = x.builder->iota(ir::Type{x.type().element, shape}, dimension);
  const Tensor is_class = compare(broadcast_in_dim(x, shape, places), "EQ", number);
  return convert(is_class, dtype.element.value_or(ir::ElementType::f32));
}

/// The classes among a row's numbers: the largest of their one_hot along dimension 1.
Expected<Tensor> multi_hot(Tensor x, int64_t classes, int64_t axis, const DtypeArgument& dtype,
                           bool sparse) {
  KILN_ASSIGN(const Tensor each, one_hot(x, classes, axis, dtype, sparse));
  return reduce(each, "maximum", {x.rank() > 1 ? 1 : 0});
}

/// Rows whose segment is each of a number of them, added up; other segments count for nothing.
Expected<Tensor> segment_sum(Tensor data, Tensor ids, std::optional<int64_t> segments) {
  KILN_ASSIGN(ids, integer_indices(ids));
  if (!segments || *segments <= 0)
    return Diagnostic{"", "needs num_segments", "the result's shape depends on it"};
  if (ids.rank() != 1 || data.rank() < 1 || ids.shape()[0] != data.shape()[0])
    return Diagnostic{"", "segment_ids must have one element for each of data", ""};
  const Tensor zeros =
      data.builder->constant(0, data.type().with_shape(with_extent(data.shape(), 0, *segments)));
  return add_rows(zeros, ids, data);
}

}  // namespace

void add_indexing(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("GetItem", "x, key", "x[key], with integers, slices, None and Ellipsis",
      [](Tensor x, AnyArgument key) { return get_item(x, *key.json); });
  add("Take", "x, indices; axis=None", "elements, or slices along an axis, at indices",
      [](Tensor x, Tensor indices, std::optional<int64_t> axis) {
        return take_along(x, indices, axis);
      });
  add("TakeAlongAxis", "x, indices; axis=None", "for each element of indices, x's at that place",
      [](Tensor x, Tensor indices, std::optional<int64_t> axis) {
        return take_each(x, indices, axis);
      });
  add("OneHot", "x; num_classes, axis=-1, dtype=None, sparse=False",
      "1 at the place of a class, 0 elsewhere",
      [](Tensor x, int64_t classes, int64_t axis, DtypeArgument dtype, bool sparse) {
        return one_hot(x, classes, axis, dtype, sparse);
      });
  add("MultiHot", "inputs; num_classes=None, axis=-1, dtype=None, sparse=False",
      "1 at the places of a row's classes",
      [](Tensor x, int64_t classes, int64_t axis, DtypeArgument dtype, bool sparse) {
        return multi_hot(x, classes, axis, dtype, sparse);
      });
  add("SegmentSum", "data, segment_ids; num_segments=None, sorted=False",
      "sums of the elements of each segment",
      [](Tensor data, Tensor ids, std::optional<int64_t> segments, bool) {
        return segment_sum(data, ids, segments);
      });
}

}  // namespace kiln::keras
