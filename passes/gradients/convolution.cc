// Derivatives of convolutions: convolutions of the adjoint with the other operand. What was a
// stride becomes a dilation, and the other way round; groups of features become groups of batches.
#include "ir/ops/convolution.h"

#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Convolution;
using ir::Integers;
using ir::Shape;
using ir::Tensor;
using A = const Application&;

std::vector<ir::WindowDimension> windows_of(A a, const Convolution& c) {
  return c.windows(a.x(0).shape(), a.x(1).shape());
}

/// The extent of dy with gaps between its elements, one stride apart.
int64_t dilated_result(const ir::WindowDimension& window) {
  const int64_t count = window.count();
  return count == 0 ? 0 : (count - 1) * window.stride + 1;
}

/// Cuts dimension `from` into groups, outermost, and makes each group a longer run of dimension
/// `to`: [.., groups * n, .., m, ..] becomes [.., n, .., groups * m, ..].
Tensor move_groups(Tensor x, int64_t groups, int64_t from, int64_t to) {
  if (groups == 1) return x;
  Shape cut = x.shape();
  cut[static_cast<size_t>(from)] /= groups;
  Shape result = cut;
  result[static_cast<size_t>(to)] *= groups;
  cut.insert(cut.begin() + from, groups);
  Integers order;
  for (int64_t d = 0; d < x.rank() + 1; ++d) {
    if (d == from) continue;
    if (d == to + (to > from)) order.push_back(from);
    order.push_back(d);
  }
  return reshape(transpose(reshape(x, cut), order), result);
}

/// dy, its elements a stride apart, meets the kernel turned round, input and output features
/// exchanged.
Tensor convolution_input(A a) {
  if (a.dy.type().count() == 0) return {};
  const Convolution c = Convolution::of(a.op);
  const int64_t groups = c.feature_group_count * c.batch_group_count;
  Convolution back = c;
  std::swap(back.input_batch, back.output_batch);
  std::swap(back.input_feature, back.output_feature);
  std::swap(back.input_spatial, back.output_spatial);
  std::swap(back.kernel_input_feature, back.kernel_output_feature);
  std::swap(back.window_strides, back.lhs_dilation);
  back.feature_group_count = groups;
  back.batch_group_count = 1;
  const auto windows = windows_of(a, c);
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto& window = windows[i];
    back.padding_low[i] = window.dilated_size() - 1 - window.padding_low;
    back.padding_high[i] = window.dilated_base() + window.dilated_size() - 1 -
                           dilated_result(window) - back.padding_low[i];
  }
  const Tensor kernel =
      reverse(move_groups(a.x(1), groups, c.kernel_output_feature, c.kernel_input_feature),
              c.kernel_spatial);
  return move_groups(convolution(a.dy, kernel, back), c.batch_group_count, c.input_feature,
                     c.input_batch);
}

/// The input meets dy as a kernel whose elements are a stride apart; examples take the part of
/// input features.
Tensor convolution_kernel(A a) {
  if (a.dy.type().count() == 0) return {};
  const Convolution c = Convolution::of(a.op);
  Convolution back = c;
  std::swap(back.input_batch, back.input_feature);
  back.kernel_input_feature = c.output_batch;
  back.kernel_output_feature = c.output_feature;
  back.kernel_spatial = c.output_spatial;
  back.output_batch = c.kernel_input_feature;
  back.output_feature = c.kernel_output_feature;
  back.output_spatial = c.kernel_spatial;
  std::swap(back.window_strides, back.rhs_dilation);
  std::swap(back.feature_group_count, back.batch_group_count);
  const auto windows = windows_of(a, c);
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto& window = windows[i];
    back.padding_high[i] = dilated_result(window) + window.dilated_size() - 1 -
                           window.dilated_base() - window.padding_low;
  }
  return convolution(a.x(0), a.dy, back);
}

}  // namespace

void add_convolution_gradients(std::vector<Gradient>& table) {
  table.push_back({"convolution", {convolution_input, convolution_kernel}});
}

}  // namespace kiln::passes
