// Operations on images: [..., height, width, channels], or the channels first.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "frontend/keras/layers/base/pool.h"
#include "frontend/keras/layers/base/resize.h"
#include "frontend/keras/layers/base/sliding_window.h"
#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

/// Where images have their rows and channels.
struct Layout {
  int64_t rows, channels;  ///< dimensions; columns follow rows
};

/// Of one image (rank 3) or of a batch (rank 4).
Expected<Layout> layout_of(Tensor x, DataFormat format) {
  if (x.rank() != 3 && x.rank() != 4)
    return Diagnostic{"", fmt::format("{} is no image", show_shape(x.shape())),
                      "an image has rows, columns and channels; a batch may come first"};
  if (format == DataFormat::channels_last) return Layout{x.rank() - 3, x.rank() - 1};
  return Layout{x.rank() - 2, x.rank() - 3};
}

Expected<std::array<int64_t, 2>> height_and_width(const IntegerList& size, std::string_view name) {
  const Integers& values = size.values;
  const bool fits = values.size() == 2 || (values.size() == 1 && !size.is_list);
  if (!fits || std::any_of(values.begin(), values.end(), [](int64_t v) { return v <= 0; }))
    return Diagnostic{"", fmt::format("{} must be one or two positive integers", name), ""};
  return std::array{values.front(), values.back()};
}

Expected<Tensor> resize_images(Tensor x, const IntegerList& size, const Interpolation& how,
                               DataFormat format) {
  KILN_ASSIGN(const Layout layout, layout_of(x, format));
  KILN_ASSIGN(const auto extents, height_and_width(size, "size"));
  KILN_TRY(check(how));
  if (x.type().element != ir::ElementType::f32 && how.name != "nearest")
    return Diagnostic{"", "resizes images of float32 alone", "convert them with keras.ops.cast"};
  x = resize(x, layout.rows, extents[0], how);
  return resize(x, layout.rows + 1, extents[1], how);
}

Expected<Tensor> to_grayscale(Tensor x, DataFormat format) {
  KILN_ASSIGN(const Layout layout, layout_of(x, format));
  if (extent(x, layout.channels) == 1) return x;
  if (extent(x, layout.channels) != 3)
    return Diagnostic{
        "", fmt::format("{} are neither 3 channels nor 1", extent(x, layout.channels)), ""};
  if (!is_float(x)) return Diagnostic{"", "takes floats", "convert with keras.ops.cast"};
  const Tensor weights = x.builder->constant(
      ir::Literal::from_values({ir::ElementType::f32, {3}}, {0.2989, 0.5870, 0.1140}));
  const Tensor weighed =
      x * broadcast_in_dim(convert(weights, x.type().element), x.shape(), {layout.channels});
  return sum(weighed, {layout.channels}, true);
}

/// Blocks of channels become blocks of pixels, or the other way.
Expected<Tensor> depth_to_space(Tensor x, int64_t block, DataFormat format) {
  KILN_ASSIGN(const Layout layout, layout_of(x, format));
  const int64_t channels = x.rank() == 4 ? extent(x, layout.channels) : 0;
  if (block <= 0 || channels == 0 || channels % (block * block) != 0)
    return Diagnostic{"",
                      fmt::format("the channels of {} are no blocks of {} by {}",
                                  show_shape(x.shape()), block, block),
                      ""};
  const int64_t n = x.shape()[0], h = extent(x, layout.rows), w = extent(x, layout.rows + 1);
  const int64_t rest = channels / (block * block);
  if (layout.channels == 1) {
    x = transpose(reshape(x, {n, rest, block, block, h, w}), {0, 1, 4, 2, 5, 3});
    return reshape(x, {n, rest, h * block, w * block});
  }
  x = transpose(reshape(x, {n, h, w, block, block, rest}), {0, 1, 3, 2, 4, 5});
  return reshape(x, {n, h * block, w * block, rest});
}

Expected<Tensor> space_to_depth(Tensor x, int64_t block, DataFormat format) {
  KILN_ASSIGN(const Layout layout, layout_of(x, format));
  const int64_t h = extent(x, layout.rows), w = extent(x, layout.rows + 1);
  if (x.rank() != 4 || block <= 0 || h % block != 0 || w % block != 0)
    return Diagnostic{"",
                      fmt::format("the pixels of {} are no blocks of {} by {}",
                                  show_shape(x.shape()), block, block),
                      ""};
  const int64_t n = x.shape()[0], c = extent(x, layout.channels);
  const int64_t rows = h / block, columns = w / block;
  if (layout.channels == 1) {
    x = transpose(reshape(x, {n, c, rows, block, columns, block}), {0, 1, 3, 5, 2, 4});
    return reshape(x, {n, c * block * block, rows, columns});
  }
  x = transpose(reshape(x, {n, rows, block, columns, block, c}), {0, 1, 3, 2, 4, 5});
  return reshape(x, {n, rows, columns, block * block * c});
}

/// A window over images, as extents of Keras's arguments say.
Expected<SlidingWindow> window_of(Tensor x, std::string_view size_name, const IntegerList& size,
                                  const std::optional<IntegerList>& strides,
                                  const std::string& padding, DataFormat format,
                                  const IntegerList& dilation) {
  if (x.rank() < 3)
    return Diagnostic{"", fmt::format("{} has no spatial dimensions", show_shape(x.shape())), ""};
  const SlidingWindow window{static_cast<size_t>(x.rank() - 2),
                             size_name,
                             size.values,
                             strides ? strides->values : size.values,
                             padding,
                             format,
                             dilation.values};
  KILN_TRY(window.check());
  const LayerInput input{x.type(), ""};
  KILN_ASSIGN(const int64_t channels, window.channels_of(input));
  KILN_TRY(window.result_shape(input, channels));
  return window;
}

Expected<Tensor> pooled(Pool kind, Tensor x, const IntegerList& size,
                        const std::optional<IntegerList>& strides, const std::string& padding,
                        DataFormat format) {
  if (x.type().element != ir::ElementType::f32)
    return Diagnostic{"", "takes float32", "convert with keras.ops.cast"};
  KILN_ASSIGN(const SlidingWindow window,
              window_of(x, "pool_size", size, strides, padding, format, {{1}, false}));
  return pool(kind, x, window);
}

/// The elements of one place under all positions of the window.
Tensor under(Tensor padded, const SlidingWindow& window, const std::array<int64_t, 2>& place,
             const ir::Shape& shape) {
  Integers starts(padded.shape().size(), 0), limits = padded.shape(), strides(starts.size(), 1);
  for (size_t i = 0; i < 2; ++i) {
    const auto d = static_cast<size_t>(window.spatial_dimension(i));
    starts[d] = place[i] * window.dilation[i];
    strides[d] = window.strides[i];
    limits[d] = starts[d] + (shape[d] - 1) * window.strides[i] + 1;
  }
  return slice(padded, starts, limits, strides);
}

/// Each position's elements, row by row, as channels.
Expected<Tensor> extract_patches(Tensor x, const IntegerList& size,
                                 const std::optional<IntegerList>& strides,
                                 const IntegerList& dilation, const std::string& padding,
                                 DataFormat format) {
  if (x.rank() != 4 || size.values.size() > 2)
    return Diagnostic{"", "takes batches of images", "and a size of two integers"};
  KILN_ASSIGN(const SlidingWindow window,
              window_of(x, "size", size, strides, padding, format, dilation));
  const int64_t channel = window.channel_dimension();
  KILN_ASSIGN(const ir::Shape shape, window.result_shape({x.type(), ""}, extent(x, channel)));
  Integers low(4, 0), high(4, 0);
  for (size_t i = 0; i < 2; ++i) {
    const int64_t d = window.spatial_dimension(i);
    const Edges edges = window.edges(i, extent(x, d));
    low.at(static_cast<size_t>(d)) = edges.low;
    high.at(static_cast<size_t>(d)) = edges.high;
  }
  const Tensor padded = pad(x, 0, low, high);
  std::vector<Tensor> pieces;
  for (int64_t row = 0; row < window.size[0]; ++row) {
    for (int64_t column = 0; column < window.size[1]; ++column)
      pieces.push_back(under(padded, window, {row, column}, shape));
  }
  return concatenate(pieces, channel);
}

}  // namespace

void add_images(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Resize",
      "images; size, interpolation='bilinear', antialias=False, crop_to_aspect_ratio=False, "
      "pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, data_format=None",
      "images of another height and width",
      [](Tensor x, IntegerList size, const std::string& interpolation, bool antialias, bool crop,
         bool padded, AnyArgument, AnyArgument, FormatArgument data) -> Expected<Tensor> {
        if (crop || padded)
          return Diagnostic{"", "an aspect ratio that is kept is not supported",
                            "the layer Resizing has it"};
        return resize_images(x, size, {interpolation, antialias}, data.format);
      });
  add("ExtractPatches",
      "images; size, strides=None, dilation_rate=1, padding='valid', data_format=None",
      "the pixels under a window, as channels",
      [](Tensor x, IntegerList size, const std::optional<IntegerList>& strides,
         IntegerList dilation, const std::string& padding, FormatArgument data) {
        return extract_patches(x, size, strides, dilation, padding, data.format);
      });
  add("RGBToGrayscale", "images; data_format=None", "the brightness of red, green and blue",
      [](Tensor x, FormatArgument data) { return to_grayscale(x, data.format); });
  add("DepthToSpace", "x; block_size, data_format='channels_last'",
      "blocks of channels as blocks of pixels", [](Tensor x, int64_t block, FormatArgument data) {
        return depth_to_space(x, block, data.format);
      });
  add("SpaceToDepth", "x; block_size, data_format='channels_last'",
      "blocks of pixels as blocks of channels", [](Tensor x, int64_t block, FormatArgument data) {
        return space_to_depth(x, block, data.format);
      });
  add("MaxPool", "inputs; pool_size, strides=None, padding='valid', data_format=None",
      "the largest under each position of a window",
      [](Tensor x, IntegerList size, const std::optional<IntegerList>& strides,
         const std::string& padding, FormatArgument data) {
        return pooled(Pool::maximum, x, size, strides, padding, data.format);
      });
  add("AveragePool", "inputs; pool_size, strides=None, padding='valid', data_format=None",
      "the mean under each position of a window",
      [](Tensor x, IntegerList size, const std::optional<IntegerList>& strides,
         const std::string& padding, FormatArgument data) {
        return pooled(Pool::average, x, size, strides, padding, data.format);
      });
}

}  // namespace kiln::keras
