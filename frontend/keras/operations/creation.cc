// Types, constants in a tensor's shape, and padding.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

Tensor filled(Tensor like, const DtypeArgument& dtype, double value) {
  const ir::ElementType element = dtype.element.value_or(like.type().element);
  return like.builder->constant(value, like.type().with_element(element));
}

/// pad_width as a pair for each dimension: one number or one pair is for all.
Expected<std::vector<std::pair<int64_t, int64_t>>> read_pads(const Json& json, int64_t rank) {
  const auto is_pair = [](const Json& each) {
    return each.is_array() && each.size() == 2 && each[0].is_number_integer() &&
           each[1].is_number_integer();
  };
  const auto pair_of = [](const Json& each) {
    return std::pair(each[0].get<int64_t>(), each[1].get<int64_t>());
  };
  const auto count = static_cast<size_t>(rank);
  std::vector<std::pair<int64_t, int64_t>> pads;
  if (json.is_number_integer()) {
    pads.assign(count, {json.get<int64_t>(), json.get<int64_t>()});
  } else if (is_pair(json)) {
    pads.assign(count, pair_of(json));
  } else if (json.is_array() && std::all_of(json.begin(), json.end(), is_pair) &&
             (json.size() == 1 || json.size() == count)) {
    for (size_t d = 0; d < count; ++d) pads.push_back(pair_of(json[json.size() == 1 ? 0 : d]));
  } else {
    return Diagnostic{
        "", fmt::format("pad_width {} does not fit a tensor of rank {}", excerpt(json), rank), ""};
  }
  for (const auto& [low, high] : pads) {
    if (low < 0 || high < 0) return Diagnostic{"", "pad_width must not be negative", ""};
  }
  return pads;
}

/// One dimension with elements repeated at its ends: mirrored without (reflect) or with the ends
/// (symmetric), from the other end (wrap), or the ends themselves (edge).
Expected<Tensor> repeat_ends(Tensor x, int64_t dimension, int64_t low, int64_t high,
                             const std::string& mode) {
  const int64_t count = extent(x, dimension);
  const int64_t most = mode == "reflect" ? count - 1 : count;
  if (mode != "edge" && std::max(low, high) > most) {
    return Diagnostic{
        "",
        fmt::format("pads an extent of {} by {} in mode \"{}\"", count, std::max(low, high), mode),
        "kiln pads by no more than what there is"};
  }
  if (count == 0) return Diagnostic{"", "there are no elements to repeat", ""};
  std::vector<Tensor> pieces;
  const int64_t skip = mode == "reflect" ? 1 : 0;
  const auto part = [&](int64_t start, int64_t limit) {
    return slice_along(x, dimension, start, limit);
  };
  const auto mirrored = [&](int64_t start, int64_t limit) {
    return reverse(part(start, limit), {dimension});
  };
  const auto copies = [&](int64_t at, int64_t times) {
    return broadcast_to(part(at, at + 1), with_extent(x.shape(), dimension, times));
  };
  if (low > 0) {
    pieces.push_back(mode == "edge"   ? copies(0, low)
                     : mode == "wrap" ? part(count - low, count)
                                      : mirrored(skip, skip + low));
  }
  pieces.push_back(x);
  if (high > 0) {
    pieces.push_back(mode == "edge"   ? copies(count - 1, high)
                     : mode == "wrap" ? part(0, high)
                                      : mirrored(count - skip - high, count - skip));
  }
  return pieces.size() == 1 ? x : concatenate(pieces, dimension);
}

Expected<Tensor> pad_by(Tensor x, const Json& width, const std::string& mode,
                        std::optional<double> value) {
  KILN_ASSIGN(const auto pads, read_pads(width, x.rank()));
  if (mode == "constant") {
    if (is_bool(x) && value && *value != 0 && *value != 1)
      return Diagnostic{"", "pads truth values with a number", ""};
    Integers low, high;
    for (const auto& [before, after] : pads) {
      low.push_back(before);
      high.push_back(after);
    }
    return pad(x, value.value_or(0), low, high);
  }
  const auto modes = {"reflect", "symmetric", "wrap", "edge"};
  if (std::find(modes.begin(), modes.end(), mode) == modes.end()) {
    return Diagnostic{"", fmt::format("mode \"{}\" is not supported", mode),
                      "kiln has constant, reflect, symmetric, wrap and edge"};
  }
  if (value) return Diagnostic{"", "constant_values are for mode \"constant\"", ""};
  for (size_t d = 0; d < pads.size(); ++d) {
    KILN_ASSIGN(x, repeat_ends(x, static_cast<int64_t>(d), pads[d].first, pads[d].second, mode));
  }
  return x;
}

}  // namespace

void add_creation(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Cast", "x; dtype", "x in another type; floats lose what is behind the point",
      [](Tensor x, DtypeArgument dtype) -> Expected<Tensor> {
        if (!dtype.element) return Diagnostic{"", "needs a dtype", ""};
        return cast(x, *dtype.element);
      });
  add("ConvertToTensor", "x; dtype=None, sparse=None, ragged=None", "x, in that type",
      [](Tensor x, DtypeArgument dtype, AnyArgument sparse,
         AnyArgument ragged) -> Expected<Tensor> {
        if (*sparse.json == true || *ragged.json == true)
          return Diagnostic{"", "sparse and ragged tensors are not supported", ""};
        return dtype.element ? cast(x, *dtype.element) : x;
      });
  add("Array", "x; dtype=None", "x, in that type",
      [](Tensor x, DtypeArgument dtype) { return dtype.element ? cast(x, *dtype.element) : x; });
  add("ZerosLike", "x; dtype=None", "zeros in the shape of x",
      [](Tensor x, DtypeArgument dtype) { return filled(x, dtype, 0); });
  add("OnesLike", "x; dtype=None", "ones in the shape of x",
      [](Tensor x, DtypeArgument dtype) { return filled(x, dtype, 1); });
  add("EmptyLike", "x; dtype=None", "zeros in the shape of x",
      [](Tensor x, DtypeArgument dtype) { return filled(x, dtype, 0); });
  add("FullLike", "x, fill_value; dtype=None", "a value in the shape of x",
      [](Tensor x, Tensor value, DtypeArgument dtype) -> Expected<Tensor> {
        KILN_ASSIGN(const ir::Shape shape, common_shape(x.shape(), value.shape()));
        if (shape != x.shape())
          return Diagnostic{"", "fill_value does not fit into the shape of x", ""};
        return broadcast_to(cast(value, dtype.element.value_or(x.type().element)), shape);
      });
  add("Full", "fill_value; shape, dtype=None", "a value in a shape",
      [](Tensor value, IntegerList shape, DtypeArgument dtype) -> Expected<Tensor> {
        KILN_ASSIGN(const ir::Shape common, common_shape(value.shape(), shape.values));
        if (common != shape.values)
          return Diagnostic{"", "fill_value does not fit into the shape", ""};
        KILN_TRY(check_size(common));
        return broadcast_to(cast(value, dtype.element.value_or(value.type().element)), common);
      });
  add("Pad", "x, constant_values=None; pad_width, mode='constant'", "x with borders around it",
      [](Tensor x, std::optional<double> value, AnyArgument width, std::string mode) {
        return pad_by(x, *width.json, mode, value);
      });
}

}  // namespace kiln::keras
