#include "codegen/kernels/gpu/product_tiling.h"

#include <algorithm>

#include "codegen/kernels/gpu/launch_cost.h"
#include "codegen/kernels/gpu/tile_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/convolution.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::gpu {
namespace {

int64_t extent_of(const ir::Type& type, size_t arg) {
  return type.shape[type.shape.size() - 1 - arg];
}

/// Along which of its dimensions rows make the largest tiles: one where the right operand is the
/// same for all, if there is any.
size_t choose_row_arg(const ir::Op& product) {
  const ir::Type& type = product.result()->type();
  size_t best = 1;
  int64_t most = 1;
  for (int64_t d : row_dimensions(product)) {
    const auto arg = static_cast<size_t>(type.rank() - 1 - d);
    const int64_t rows = divisor_at_most(extent_of(type, arg), kMostRows);
    if (rows >= most) best = arg;
    most = std::max(most, rows);
  }
  return best;
}

/// Split-K: parts of the outermost sum, and of the next ones while there are fewer than `most`.
ir::Shape split_sums(const ir::Op& product, int64_t most) {
  ir::Shape parts;
  const ir::Shape extents = summed_extents(product);
  for (size_t i = extents.size(); i-- > 0 && most > 1; most /= parts.back())
    parts.push_back(divisor_at_most(extents[i], most));
  while (!parts.empty() && parts.back() == 1) parts.pop_back();
  return ir::element_count(parts) < kFewestParts ? ir::Shape{} : parts;
}

/// The dimension of the result that an argument of its Func runs over.
int64_t dimension_of(const ir::Op& product, size_t arg) {
  return product.result()->type().rank() - 1 - static_cast<int64_t>(arg);
}

LeftOrder order_of_left(const ir::Op& product, size_t row_arg) {
  const int64_t last = product.operand(0)->type().rank() - 1;
  if (product.is("convolution")) {
    const ir::Convolution c = ir::Convolution::of(product);
    return c.input_feature == last ? LeftOrder::sums
           : c.input_batch == last ? LeftOrder::rows
                                   : LeftOrder::other;
  }
  const ir::Integers contracting = ir::DotGeneral::of(product).lhs_contracting;
  if (contracting[contracted_innermost_first(product)[0]] == last) return LeftOrder::sums;
  // Of what stays, the last dimension is the last of the rows.
  const ir::Integers rows = row_dimensions(product);
  const bool stays = std::ranges::count(contracting, last) == 0;
  return stays && !rows.empty() && rows.back() == dimension_of(product, row_arg) ? LeftOrder::rows
                                                                                 : LeftOrder::other;
}

int64_t choose_steps(const ir::Op& product, const ir::Shape& parts, const Target& target) {
  const ir::Shape extents = summed_extents(product);
  const int64_t extent = parts.size() < extents.size() ? extents[0] : extents[0] / parts.back();
  return extent % target.wide_load == 0 ? target.wide_load : divisor_at_most(extent, kMostSteps);
}

}  // namespace

Tiling choose_tiling(const ir::Op& product, const Target& target) {
  const ir::Type& type = product.result()->type();
  const int64_t most_columns = std::min(vector_columns(product), kMostColumns);
  Tiling tiling;
  tiling.columns = divisor_at_most(type.shape.back(), most_columns);
  tiling.row_arg = choose_row_arg(product);
  const int64_t rows = extent_of(type, tiling.row_arg);
  tiling.rows = divisor_at_most(rows, kMostRows);
  const int64_t depth = multiply_adds(product) / std::max<int64_t>(1, type.count());
  auto threads = [&] { return type.count() / tiling.columns / tiling.rows; };
  while (tiling.rows > 1 && threads() * std::max<int64_t>(1, depth / kLeastDepth) < kBusyThreads)
    tiling.rows = divisor_at_most(rows, tiling.rows - 1);
  const int64_t most_parts =
      std::min({kBusyThreads / std::max<int64_t>(1, threads()), depth / kLeastDepth,
                kMostPartialBytes / std::max<int64_t>(1, type.count() * 4)});
  tiling.parts = split_sums(product, most_parts);
  tiling.steps = choose_steps(product, tiling.parts, target);
  tiling.left_order = order_of_left(product, tiling.row_arg);
  tiling.has_rows =
      std::ranges::count(row_dimensions(product), dimension_of(product, tiling.row_arg)) > 0;
  return tiling;
}

}  // namespace kiln::codegen::gpu
