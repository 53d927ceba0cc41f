#include "codegen/roofline/arithmetic.h"

#include <algorithm>
#include <array>

#include "ir/ops/convolution.h"
#include "ir/ops/definition.h"

namespace kiln::codegen {
namespace {

/// Pairs of a position and an element of the window that lie on an element of the base.
double meetings(const ir::WindowDimension& window) {
  int64_t count = 0;
  for (int64_t position = 0; position < window.count(); ++position) {
    for (int64_t offset = 0; offset < window.size; ++offset)
      count += window.base_index(position, offset) >= 0 ? 1 : 0;
  }
  return static_cast<double>(count);
}

/// Two for each input feature of each meeting, for every example and output feature.
double convolution_flops(const ir::Op& op) {
  const ir::Convolution convolution = ir::Convolution::of(op);
  const ir::Shape& kernel = op.operand(1)->type().shape;
  const ir::Shape& result = op.result()->type().shape;
  double flops = 2.0 * static_cast<double>(result[convolution.output_batch]) *
                 static_cast<double>(result[convolution.output_feature]) *
                 static_cast<double>(kernel[convolution.kernel_input_feature]);
  for (const auto& window : convolution.windows(op.operand(0)->type().shape, kernel))
    flops *= meetings(window);
  return flops;
}

/// Whether an elementwise op computes nothing.
bool chooses_or_recodes(const ir::Op& op) {
  constexpr std::array<std::string_view, 4> kNames = {"select", "convert", "stop_gradient",
                                                      "is_finite"};
  return std::find(kNames.begin(), kNames.end(), op.name()) != kNames.end();
}

Arithmetic elementwise_arithmetic(const ir::Op& op) {
  if (chooses_or_recodes(op)) return {};
  const auto elements = static_cast<double>(op.result()->type().count());
  if (op.is("divide") || op.is("remainder")) return {.divisions = elements};
  if (op.is("sqrt")) return {.roots = elements};
  if (op.is("rsqrt")) return {.divisions = elements, .roots = elements};
  return {.flops = static_cast<double>(ir::operation_count(op))};
}

}  // namespace

Arithmetic& Arithmetic::operator+=(const Arithmetic& other) {
  flops += other.flops;
  divisions += other.divisions;
  roots += other.roots;
  return *this;
}

Arithmetic operator*(double times, const Arithmetic& one) {
  return {times * one.flops, times * one.divisions, times * one.roots};
}

Arithmetic arithmetic_of(const ir::Op& op) {
  if (op.operands().empty() || !ir::is_float(op.operand(0)->type().element)) return {};
  if (op.is("convolution")) return {.flops = convolution_flops(op)};
  if (op.is(ir::OpClass::elementwise)) return elementwise_arithmetic(op);
  if (ir::accumulates(op)) return {.flops = static_cast<double>(ir::operation_count(op))};
  return {};
}

Arithmetic arithmetic_of(const ir::Region& region) {
  Arithmetic total;
  for (const auto& op : region.ops()) total += arithmetic_of(*op);
  return total;
}

}  // namespace kiln::codegen
