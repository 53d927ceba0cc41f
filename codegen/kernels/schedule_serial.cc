#include <algorithm>
#include <unordered_map>

#include "codegen/kernels/accumulation.h"
#include "codegen/kernels/pieces.h"
#include "codegen/kernels/product_tile.h"
#include "codegen/kernels/schedule.h"
#include "ir/ops/definition.h"

namespace kiln::codegen {
namespace {

/// Whether computing an element twice costs more than storing it.
bool is_costly(const ir::Op& op) {
  constexpr std::string_view kNames[] = {"exponential",
                                         "exponential_minus_one",
                                         "log",
                                         "log_plus_one",
                                         "power",
                                         "tanh",
                                         "logistic",
                                         "erf",
                                         "sine",
                                         "cosine",
                                         "divide",
                                         "remainder",
                                         "sqrt",
                                         "rsqrt",
                                         "rng_bit_generator"};
  return std::find(std::begin(kNames), std::end(kNames), op.name()) != std::end(kNames);
}

std::unordered_map<const ir::Value*, int> count_uses(const ir::Region& region) {
  std::unordered_map<const ir::Value*, int> uses;
  for (const auto& op : region.ops()) {
    for (const ir::Value* operand : op->operands()) ++uses[operand];
  }
  for (const ir::Value* result : region.results()) ++uses[result];
  return uses;
}

void schedule_product(Algorithm& algorithm, const ir::Op& dot, const Target& target) {
  Halide::Func product = algorithm.funcs.at(dot.result());
  product.compute_root();
  tile_product(algorithm.sums.at(dot.result()), product, choose_tile(dot, target), true);
  if (!needs_packing(dot)) return;
  const ir::Type& right = dot.operand(1)->type();
  RightOperand& operand = algorithm.right_operands.at(dot.result());
  schedule_packing(operand, dot.result()->type().shape.back(), right.shape.back(),
                   target.lanes(static_cast<int>(ir::size_of(right.element))));
  operand.packed.compute_root();
}

}  // namespace

void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  auto uses = count_uses(region);
  for (const auto& op : region.ops()) {
    const ir::Value* value = op->result(op->result_count() - 1);
    auto found = algorithm.funcs.find(value);
    if (found == algorithm.funcs.end()) continue;
    const int64_t lanes =
        target.lanes(static_cast<int>(std::max<int64_t>(4, ir::size_of(value->type().element))));
    if (op->is("dot_general") && has_rows_and_columns(*op)) {
      schedule_product(algorithm, *op, target);
    } else if (op->is("dot_general")) {
      schedule_sums(algorithm.sums.at(value), value->type(), target);
    } else if (op->is("convolution")) {
      schedule_small_convolution(algorithm, *op, target);
    } else if (op->is("reduce_window") || op->is("select_and_scatter")) {
      schedule_small_window(algorithm, *op, target);
    } else if (op->is("reduce")) {
      schedule_reduce(found->second, *op, target);
    } else if (op->is("scatter")) {
      found->second.compute_root();
    } else if (is_costly(*op) && uses[value] > 1) {
      found->second.compute_root();
      if (value->type().rank() > 0)
        vectorize_innermost(found->second, found->second.args()[0], value->type().shape.back(),
                            lanes);
    }
  }
  for (Output& output : algorithm.outputs) {
    if (output.stage.defined()) output.stage.compute_root();
    if (output.shape.empty()) continue;
    for (Halide::Func func : {output.stage, output.func}) {
      if (!func.defined()) continue;
      const InnermostLoop loop = unroll_pieces(func, output.shape.back(), region);
      vectorize_innermost(func, loop.x, loop.extent, target.lanes(4));
    }
  }
}

}  // namespace kiln::codegen
