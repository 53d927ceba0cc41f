#include "codegen/kernels/sums.h"

#include <algorithm>

#include "ir/ops/convolution.h"

namespace kiln::codegen {

bool has_rows_and_columns(const ir::Op& dot) {
  const size_t paired = dot.get<ir::Integers>("rhs_batching").size() +
                        dot.get<ir::Integers>("rhs_contracting").size();
  return dot.result()->type().rank() >= 2 && dot.operand(1)->type().shape.size() > paired &&
         !dot.get<ir::Integers>("rhs_contracting").empty();
}

int64_t multiply_adds(const ir::Op& product) {
  const ir::Type& right = product.operand(1)->type();
  int64_t depth = 1;
  if (product.is("convolution")) {
    const auto outputs =
        static_cast<size_t>(product.get<int64_t>("kernel_output_feature_dimension"));
    depth = right.count() / std::max<int64_t>(1, right.shape[outputs]);
  } else {
    for (int64_t d : product.get<ir::Integers>("rhs_contracting"))
      depth *= right.shape[static_cast<size_t>(d)];
  }
  return depth * product.result()->type().count();
}

bool can_be_cut(const ir::Op& reduce) {
  const auto& reducer = reduce.get<std::string>("reducer");
  return reducer != "maximum" && reducer != "minimum";
}

int64_t outermost_sum(const ir::Op& product) {
  const ir::Shape& right = product.operand(1)->type().shape;
  if (product.is("dot_general")) {
    const auto& dims = product.get<ir::Integers>("rhs_contracting");
    return right[static_cast<size_t>(*std::min_element(dims.begin(), dims.end()))];
  }
  const ir::Convolution c = ir::Convolution::of(product);
  const int64_t outermost = c.input_batch == 0 ? 1 : 0;
  if (outermost == c.input_feature) return right[static_cast<size_t>(c.kernel_input_feature)];
  const auto found = std::find(c.input_spatial.begin(), c.input_spatial.end(), outermost);
  return right[static_cast<size_t>(
      c.kernel_spatial[static_cast<size_t>(found - c.input_spatial.begin())])];
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
