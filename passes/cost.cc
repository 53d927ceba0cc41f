#include "passes/cost.h"

#include <algorithm>

#include "ir/ops/definition.h"

namespace kiln::passes {
namespace {

constexpr int64_t kTranscendental = 10;

bool is_transcendental(const ir::Op& op) {
  constexpr std::string_view kNames[] = {"exponential", "exponential_minus_one",
                                         "log",         "log_plus_one",
                                         "tanh",        "logistic",
                                         "erf",         "sine",
                                         "cosine",      "power"};
  return std::find(std::begin(kNames), std::end(kNames), op.name()) != std::end(kNames);
}

int64_t dot_operation_count(const ir::Op& op) {
  int64_t depth = 1;
  for (int64_t d : op.get<ir::Integers>("lhs_contracting")) {
    depth *= op.operand(0)->type().shape[static_cast<size_t>(d)];
  }
  return 2 * depth * op.result()->type().count();
}

int64_t convolution_operation_count(const ir::Op& op) {
  const ir::Shape& kernel = op.operand(1)->type().shape;
  const auto outputs =
      kernel[static_cast<size_t>(op.get<int64_t>("kernel_output_feature_dimension"))];
  if (outputs == 0) return 0;
  return 2 * (op.operand(1)->type().count() / outputs) * op.result()->type().count();
}

/// Every element of every window; the windows of a select_and_scatter are its source's elements.
int64_t window_operation_count(const ir::Op& op) {
  const bool scatters = op.is("select_and_scatter");
  const ir::Type& windows = scatters ? op.operand(1)->type() : op.result()->type();
  return windows.count() * ir::element_count(op.get<ir::Integers>("window_dimensions"));
}

}  // namespace

int64_t operation_count(const ir::Op& op) {
  if (op.is("dot_general")) return dot_operation_count(op);
  if (op.is("convolution")) return convolution_operation_count(op);
  if (op.is("reduce_window") || op.is("select_and_scatter")) return window_operation_count(op);
  if (op.is("scatter")) return op.result()->type().count() + op.operand(2)->type().count();
  if (op.definition().op_class == ir::OpClass::reduction) return op.operand(0)->type().count();
  int64_t elements = 0;
  for (size_t i = 0; i < op.result_count(); ++i)
    elements = std::max(elements, op.result(i)->type().count());
  return elements * (is_transcendental(op) ? kTranscendental : 1);
}

}  // namespace kiln::passes
