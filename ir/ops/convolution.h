// What a convolution knows besides its operands.
#pragma once

#include <vector>

#include "ir/op.h"
#include "ir/ops/window.h"

namespace kiln::ir {

/// The attributes of a `convolution`: which dimension of input, kernel and result is what, how the
/// kernel slides (one entry per spatial dimension), and groups. Features in groups: input and
/// output features are cut into as many runs, each output run reads its input run alone. Batches in
/// groups: the input's batch and the kernel's output features are cut alike.
struct Convolution {
  int64_t input_batch = 0, input_feature = 0;
  Integers input_spatial;
  int64_t kernel_input_feature = 0, kernel_output_feature = 0;
  Integers kernel_spatial;
  int64_t output_batch = 0, output_feature = 0;
  Integers output_spatial;
  Integers window_strides, padding_low, padding_high, lhs_dilation, rhs_dilation;
  int64_t feature_group_count = 1;
  int64_t batch_group_count = 1;

  /// Of an op of that name.
  static Convolution of(const Op& op);
  /// Input and result [batch, spatial..., features], kernel [spatial..., input features, output
  /// features]; strides and dilations 1, no padding.
  static Convolution channels_last(size_t spatial_rank);
  Attributes attributes() const;
  /// The kernel's window over the input, per spatial dimension.
  std::vector<WindowDimension> windows(const Shape& input, const Shape& kernel) const;
};

}  // namespace kiln::ir
