#include "frontend/keras/layers/base/sliding_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

/// What the dimensions of an input are called: "[batch, height, width, channels]".
std::string_view dimension_names(size_t rank, DataFormat format) {
  constexpr std::array<std::array<std::string_view, 2>, 3> kNames = {{
      {"[batch, steps, channels]", "[batch, channels, steps]"},
      {"[batch, height, width, channels]", "[batch, channels, height, width]"},
      {"[batch, depth, height, width, channels]", "[batch, channels, depth, height, width]"},
  }};
  return kNames.at(rank - 1)[format == DataFormat::channels_first ? 1 : 0];
}

}  // namespace

Status SlidingWindow::check(bool allow_causal) const {
  KILN_TRY(check_extents(size_name, size, rank, 1));
  KILN_TRY(check_extents("strides", strides, rank, 1));
  KILN_TRY(check_extents("dilation_rate", dilation, rank, 1));
  if (padding == "valid" || padding == "same" || (padding == "causal" && allow_causal)) return ok();
  return Diagnostic{
      "", fmt::format("unknown padding \"{}\"", padding),
      allow_causal ? "the paddings are valid, same and causal" : "the paddings are valid and same"};
}

Status SlidingWindow::check_strides_or_dilation() const {
  auto largest = [](const Extents& extents) {
    return *std::max_element(extents.values.begin(), extents.values.end());
  };
  if (largest(strides) == 1 || largest(dilation) == 1) return ok();
  return Diagnostic{"", "strides and dilation_rate cannot both be more than 1", ""};
}

Expected<int64_t> SlidingWindow::channels_of(const LayerInput& input) const {
  const ir::Shape& shape = input.type.shape;
  if (shape.size() != rank + 2) {
    return Diagnostic{
        "",
        fmt::format("needs inputs {}, gets {} from \"{}\"", dimension_names(rank, data_format),
                    show_shape(shape), input.from),
        shape.size() == rank + 1 ? "a single channel is a dimension, too: of extent 1" : ""};
  }
  const int64_t channels = shape[static_cast<size_t>(channel_dimension())];
  if (channels != kNone) return channels;
  return Diagnostic{"",
                    fmt::format("needs a known number of channels, gets {} from \"{}\"",
                                show_shape(shape), input.from),
                    ""};
}

Edges SlidingWindow::edges(size_t i, int64_t n) const {
  if (padding == "valid") return {};
  if (padding == "causal") return {span(i) - 1, 0};
  const int64_t total = std::max<int64_t>((positions(i, n) - 1) * strides[i] + span(i) - n, 0);
  return {total / 2, total - total / 2};
}

int64_t SlidingWindow::positions(size_t i, int64_t n) const {
  if (n == kNone) return kNone;
  const int64_t covered = padding == "valid" ? n - span(i) + 1 : n;
  return covered <= 0 ? 0 : (covered - 1) / strides[i] + 1;
}

Expected<ir::Shape> SlidingWindow::result_shape(const LayerInput& input, int64_t channels) const {
  ir::Shape shape = input.type.shape;
  shape[static_cast<size_t>(channel_dimension())] = channels;
  for (size_t i = 0; i < rank; ++i) {
    int64_t& extent = shape[static_cast<size_t>(spatial_dimension(i))];
    extent = positions(i, extent);
    if (extent != 0) continue;
    return Diagnostic{
        "",
        fmt::format("{} {} does not fit into dimension {} of {} from \"{}\"", size_name, size[i],
                    spatial_dimension(i), show_shape(input.type.shape), input.from),
        "with padding \"same\" it would"};
  }
  return shape;
}

}  // namespace kiln::keras
