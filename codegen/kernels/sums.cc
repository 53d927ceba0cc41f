#include "codegen/kernels/sums.h"

#include <algorithm>
#include <numeric>

#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/reduction.h"

namespace kiln::codegen {

int64_t multiply_adds(const ir::Op& product) { return ir::operation_count(product) / 2; }

bool can_be_split(const ir::Op& reduce) {
  const std::string reducer = ir::Reduce::of(reduce).reducer;
  return reducer != "maximum" && reducer != "minimum";
}

std::vector<size_t> contracted_innermost_first(const ir::Op& dot) {
  const ir::Integers dims = ir::DotGeneral::of(dot).rhs_contracting;
  std::vector<size_t> order(dims.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return dims[a] > dims[b]; });
  return order;
}

ir::Integers kernel_partners(const ir::Convolution& convolution, size_t rank) {
  ir::Integers partners(rank, -1);
  partners[static_cast<size_t>(convolution.input_feature)] = convolution.kernel_input_feature;
  for (size_t i = 0; i < convolution.input_spatial.size(); ++i)
    partners[static_cast<size_t>(convolution.input_spatial[i])] = convolution.kernel_spatial[i];
  return partners;
}

ir::Shape summed_extents(const ir::Op& product) {
  const ir::Shape& right = product.operand(1)->type().shape;
  ir::Shape extents;
  if (product.is("dot_general")) {
    const ir::Integers dims = ir::DotGeneral::of(product).rhs_contracting;
    for (size_t i : contracted_innermost_first(product))
      extents.push_back(right[static_cast<size_t>(dims[i])]);
    return extents;
  }
  ir::Integers partners = kernel_partners(ir::Convolution::of(product), right.size());
  std::reverse(partners.begin(), partners.end());
  for (int64_t d : partners) {
    if (d >= 0) extents.push_back(right[static_cast<size_t>(d)]);
  }
  return extents;
}

int64_t outermost_sum(const ir::Op& product) { return summed_extents(product).back(); }

ir::Integers row_dimensions(const ir::Op& product) {
  if (product.is("convolution")) {
    const ir::Convolution c = ir::Convolution::of(product);
    const bool is_last = c.output_batch == product.result()->type().rank() - 1;
    return c.batch_group_count > 1 || is_last ? ir::Integers{} : ir::Integers{c.output_batch};
  }
  const ir::DotGeneral dot = ir::DotGeneral::of(product);
  ir::Integers rows;
  const int64_t end = product.operand(0)->type().rank() - std::ssize(dot.lhs_contracting);
  for (int64_t d = std::ssize(dot.lhs_batching); d < end; ++d) rows.push_back(d);
  return rows;
}

bool right_lies_along_columns(const ir::Op& product) {
  const int64_t last = product.operand(1)->type().rank() - 1;
  const auto is_last = [&](int64_t d) { return d == last; };
  if (product.is("convolution")) {
    const ir::Convolution c = ir::Convolution::of(product);
    return c.kernel_output_feature == last &&
           c.output_feature == product.result()->type().rank() - 1;
  }
  const ir::DotGeneral dot = ir::DotGeneral::of(product);
  return std::ranges::none_of(dot.rhs_contracting, is_last) &&
         std::ranges::none_of(dot.rhs_batching, is_last);
}

int64_t vector_columns(const ir::Op& product) {
  const ir::Shape& shape = product.result()->type().shape;
  if (product.is("dot_general")) return shape.back();
  const ir::Convolution c = ir::Convolution::of(product);
  const auto last = static_cast<int64_t>(shape.size()) - 1;
  if (last == c.output_batch) return shape.back();
  if (last != c.output_feature) return 1;
  const int64_t groups = c.feature_group_count * c.batch_group_count;
  const int64_t in_group = shape.back() / groups;
  // Vectors stay within a group; or each lane is in a group of its own.
  return in_group > 1 ? in_group : shape.back();
}

}  // namespace kiln::codegen
