// Convolutions of images (sequences, volumes) with kernels that are given, and what takes windows
// apart and puts them together.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/layers/base/convolve.h"
#include "frontend/keras/layers/base/pool.h"
#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

/// What the four convolutions are given beside their tensors.
struct ConvolutionArguments {
  IntegerList strides, dilation;
  std::string padding;
  FormatArgument format;
};

Status check_f32(Tensor x, Tensor kernel) {
  const auto f32 = ir::ElementType::f32;
  if (x.type().element == f32 && kernel.type().element == f32) return ok();
  return Diagnostic{"", "takes float32", "convert with keras.ops.cast"};
}

/// The window that a kernel, whose last two dimensions are channels, slides over x.
Expected<SlidingWindow> window_of(Tensor x, Tensor kernel, const ConvolutionArguments& arguments) {
  KILN_TRY(check_f32(x, kernel));
  if (x.rank() < 3 || x.rank() > 5 || kernel.rank() != x.rank()) {
    return Diagnostic{
        "",
        fmt::format("a kernel of shape {} does not slide over {}", show_shape(kernel.shape()),
                    show_shape(x.shape())),
        "both have a dimension for each of one to three extents in space, and two more"};
  }
  const ir::Shape& shape = kernel.shape();
  const SlidingWindow window{static_cast<size_t>(x.rank() - 2),
                             "kernel_size",
                             Extents(Integers(shape.begin(), shape.end() - 2)),
                             Extents(arguments.strides.values),
                             arguments.padding,
                             arguments.format.format,
                             Extents(arguments.dilation.values)};
  KILN_TRY(window.check());
  return window;
}

/// Whether x has the kernel's channels, and the window fits into it.
Status check_channels(Tensor x, Tensor kernel, const SlidingWindow& window) {
  KILN_ASSIGN(const int64_t channels, window.channels_of({x.type(), ""}));
  if (extent(kernel, kernel.rank() - 2) != channels) {
    return Diagnostic{"",
                      fmt::format("a kernel of shape {} does not fit {} channels",
                                  show_shape(kernel.shape()), channels),
                      ""};
  }
  KILN_TRY(window.result_shape({x.type(), ""}, channels));
  return ok();
}

Expected<Tensor> convolve(Tensor x, Tensor kernel, const ConvolutionArguments& arguments) {
  KILN_ASSIGN(const SlidingWindow window, window_of(x, kernel, arguments));
  KILN_TRY(check_channels(x, kernel, window));
  return convolution(x, kernel, convolution_of(window, x.shape()));
}

Expected<Tensor> convolve_depthwise(Tensor x, Tensor kernel,
                                    const ConvolutionArguments& arguments) {
  KILN_ASSIGN(const SlidingWindow window, window_of(x, kernel, arguments));
  KILN_TRY(check_channels(x, kernel, window));
  return depthwise_convolution(x, kernel, window);
}

Expected<Tensor> convolve_separable(Tensor x, Tensor depthwise, Tensor pointwise,
                                    const ConvolutionArguments& arguments) {
  KILN_ASSIGN(const Tensor spread, convolve_depthwise(x, depthwise, arguments));
  return convolve(spread, pointwise, {{{1}, false}, arguments.dilation, "valid", arguments.format});
}

Expected<Tensor> pool_adaptively(Pool kind, Tensor x, const IntegerList& size, DataFormat format) {
  if (x.type().element != ir::ElementType::f32)
    return Diagnostic{"", "takes float32", "convert with keras.ops.cast"};
  if (x.rank() < 3 || x.rank() > 5)
    return Diagnostic{"", fmt::format("{} is no image", show_shape(x.shape())), ""};
  const auto rank = static_cast<size_t>(x.rank() - 2);
  KILN_TRY(check_extents("output_size", Extents(size.values), rank, 1));
  for (size_t i = 0; i < rank; ++i) {
    const int64_t dimension = first_spatial_dimension(format) + static_cast<int64_t>(i);
    if (extent(x, dimension) == 0) return Diagnostic{"", "of no elements", ""};
    x = adaptive_pool(kind, x, dimension, Extents(size.values)[i]);
  }
  return x;
}

// ---- unfold and fold, of images [batch, channels, height, width]

/// A window over an image's two dimensions, whose borders may be padded with zeros.
struct Blocks {
  std::array<int64_t, 2> size, dilation, padding, stride;

  /// Positions along dimension i of extent n.
  int64_t positions(size_t i, int64_t n) const {
    const int64_t room = n + 2 * padding.at(i) - dilation.at(i) * (size.at(i) - 1) - 1;
    return room < 0 ? 0 : room / stride.at(i) + 1;
  }
};

Expected<std::array<int64_t, 2>> two(const IntegerList& list, std::string_view name,
                                     int64_t least) {
  const Integers& values = list.values;
  if (values.empty() || values.size() > 2 ||
      std::any_of(values.begin(), values.end(), [&](int64_t v) { return v < least; }))
    return Diagnostic{"", fmt::format("{} must be one or two integers from {}", name, least), ""};
  return std::array{values.front(), values.back()};
}

Expected<Blocks> read_blocks(const IntegerList& size, const IntegerList& dilation,
                             const IntegerList& padding, const IntegerList& stride) {
  Blocks blocks{};
  KILN_ASSIGN(blocks.size, two(size, "kernel_size", 1));
  KILN_ASSIGN(blocks.dilation, two(dilation, "dilation", 1));
  KILN_ASSIGN(blocks.padding, two(padding, "padding", 0));
  KILN_ASSIGN(blocks.stride, two(stride, "stride", 1));
  return blocks;
}

/// [batch, channels * height * width of a block, positions].
Expected<Tensor> unfold(Tensor x, const Blocks& blocks) {
  if (x.rank() != 4) return Diagnostic{"", "takes images [batch, channels, height, width]", ""};
  const int64_t rows = blocks.positions(0, extent(x, 2)),
                columns = blocks.positions(1, extent(x, 3));
  if (rows == 0 || columns == 0) return Diagnostic{"", "kernel_size does not fit", ""};
  const auto [p, q] = blocks.padding;
  x = pad(x, 0, {0, 0, p, q}, {0, 0, p, q});
  const int64_t batch = x.shape()[0], channels = x.shape()[1];
  std::vector<Tensor> pieces;
  for (int64_t i = 0; i < blocks.size[0]; ++i) {
    for (int64_t j = 0; j < blocks.size[1]; ++j) {
      const int64_t top = i * blocks.dilation[0], left = j * blocks.dilation[1];
      const auto [down, right] = blocks.stride;
      const Tensor under =
          slice(x, {0, 0, top, left},
                {batch, channels, top + (rows - 1) * down + 1, left + (columns - 1) * right + 1},
                {1, 1, down, right});
      pieces.push_back(reshape(under, {batch, channels, 1, rows * columns}));
    }
  }
  const auto count = static_cast<int64_t>(pieces.size());
  return reshape(concatenate(pieces, 2), {batch, channels * count, rows * columns});
}

/// The sums of the blocks where they lie over each other: what unfold()'s derivative computes.
Expected<Tensor> fold(Tensor x, const IntegerList& output_size, const Blocks& blocks) {
  KILN_ASSIGN(const auto size, two(output_size, "output_size", 1));
  const int64_t count = blocks.size[0] * blocks.size[1];
  const int64_t rows = blocks.positions(0, size[0]), columns = blocks.positions(1, size[1]);
  if (x.rank() != 3 || extent(x, 1) % count != 0 || extent(x, 2) != rows * columns ||
      rows * columns == 0) {
    return Diagnostic{"",
                      fmt::format("{} are no blocks of an image of {} by {}", show_shape(x.shape()),
                                  size[0], size[1]),
                      ""};
  }
  const int64_t batch = extent(x, 0), channels = extent(x, 1) / count;
  x = reshape(x, {batch, channels, count, rows, columns});
  const auto [p, q] = blocks.padding;
  const auto [down, right] = blocks.stride;
  Tensor total;
  for (int64_t i = 0; i < count; ++i) {
    const Tensor block = reshape(slice_along(x, 2, i, i + 1), {batch, channels, rows, columns});
    const int64_t top = i / blocks.size[1] * blocks.dilation[0];
    const int64_t left = i % blocks.size[1] * blocks.dilation[1];
    const Tensor placed = pad(block, 0, {0, 0, top - p, left - q},
                              {0, 0, size[0] + p - top - (rows - 1) * down - 1,
                               size[1] + q - left - (columns - 1) * right - 1},
                              {0, 0, down - 1, right - 1});
    total = total ? total + placed : placed;
  }
  return total;
}

}  // namespace

void add_convolutions(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Conv", "inputs, kernel; strides=1, padding='valid', data_format=None, dilation_rate=1",
      "a kernel that slides over an image",
      [](Floats x, Floats kernel, IntegerList strides, const std::string& padding,
         FormatArgument format, IntegerList dilation) {
        return convolve(x.x, kernel.x, {strides, dilation, padding, format});
      });
  add("DepthwiseConv",
      "inputs, kernel; strides=1, padding='valid', data_format=None, dilation_rate=1",
      "a kernel of its own for each channel",
      [](Floats x, Floats kernel, IntegerList strides, const std::string& padding,
         FormatArgument format, IntegerList dilation) {
        return convolve_depthwise(x.x, kernel.x, {strides, dilation, padding, format});
      });
  add("SeparableConv",
      "inputs, depthwise_kernel, pointwise_kernel; strides=1, padding='valid', data_format=None, "
      "dilation_rate=1",
      "a kernel of its own for each channel, then a mix of channels",
      [](Floats x, Floats depthwise, Floats pointwise, IntegerList strides,
         const std::string& padding, FormatArgument format, IntegerList dilation) {
        return convolve_separable(x.x, depthwise.x, pointwise.x,
                                  {strides, dilation, padding, format});
      });
  add("AdaptiveAveragePool", "inputs; output_size, data_format=None",
      "means of windows that cover an image evenly",
      [](Floats x, IntegerList size, FormatArgument data) {
        return pool_adaptively(Pool::average, x.x, size, data.format);
      });
  add("AdaptiveMaxPool", "inputs; output_size, data_format=None",
      "the largest of windows that cover an image evenly",
      [](Floats x, IntegerList size, FormatArgument data) {
        return pool_adaptively(Pool::maximum, x.x, size, data.format);
      });
  add("Unfold", "x; kernel_size, dilation=1, padding=0, stride=1",
      "the blocks of an image [batch, channels, height, width], as columns",
      [](Tensor x, IntegerList size, IntegerList dilation, IntegerList padding,
         IntegerList stride) -> Expected<Tensor> {
        KILN_ASSIGN(const Blocks blocks, read_blocks(size, dilation, padding, stride));
        return unfold(x, blocks);
      });
  add("Fold", "x; output_size, kernel_size, dilation=1, padding=0, stride=1",
      "an image of blocks that are added up where they overlap",
      [](Floats x, IntegerList output_size, IntegerList size, IntegerList dilation,
         IntegerList padding, IntegerList stride) -> Expected<Tensor> {
        KILN_ASSIGN(const Blocks blocks, read_blocks(size, dilation, padding, stride));
        return fold(x.x, output_size, blocks);
      });
}

}  // namespace kiln::keras
