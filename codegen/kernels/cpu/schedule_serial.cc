#include <algorithm>

#include "codegen/kernels/cpu/accumulation.h"
#include "codegen/kernels/cpu/pieces.h"
#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/stored_values.h"
#include "codegen/kernels/sums.h"

namespace kiln::codegen::cpu {
namespace {

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
  StoredValues stored(region);
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
    } else if (stored.add(*op, value)) {
      found->second.compute_root();
      if (value->type().rank() > 0)
        vectorize_innermost(found->second, found->second.args()[0], value->type().shape.back(),
                            lanes);
    }
    if (op->is("rng_bit_generator")) state_func(algorithm, op->operand(0)).compute_root();
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

}  // namespace kiln::codegen::cpu
