#include "ir/ops/window.h"

#include <fmt/format.h>

namespace kiln::ir {

std::optional<std::string> WindowDimension::problem() const {
  if (stride < 1) return fmt::format("the stride {} is not positive", stride);
  if (base_dilation < 1 || dilation < 1) {
    return fmt::format("the dilation {} is not positive", std::min(base_dilation, dilation));
  }
  // Beyond this, sums and products could overflow.
  auto too_large = [](int64_t extent, int64_t factor) {
    return factor > kMaxTensorBytes / std::max<int64_t>(extent, 1);
  };
  if (too_large(base, base_dilation) || too_large(size, dilation) || too_large(1, stride))
    return "the dilation or the stride is too large";
  if (std::max(padding_low, padding_high) > kMaxTensorBytes ||
      std::min(padding_low, padding_high) < -kMaxTensorBytes)
    return "the padding is too large";
  return {};
}

int64_t WindowDimension::count() const {
  const int64_t padded = padding_low + dilated_base() + padding_high;
  if (padded <= 0 || padded < dilated_size()) return 0;
  return (padded - dilated_size()) / stride + 1;
}

int64_t WindowDimension::base_index(int64_t position, int64_t offset) const {
  const int64_t at = position * stride + offset * dilation - padding_low;
  if (at < 0 || at % base_dilation != 0 || at / base_dilation >= base) return -1;
  return at / base_dilation;
}

Shape window_counts(std::span<const WindowDimension> windows) {
  Shape counts;
  for (const WindowDimension& window : windows) counts.push_back(window.count());
  return counts;
}

}  // namespace kiln::ir
