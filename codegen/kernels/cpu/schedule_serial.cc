#include <algorithm>

#include "codegen/kernels/cpu/accumulation.h"
#include "codegen/kernels/cpu/pieces.h"
#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/stored_values.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::cpu {
namespace {

void schedule_product(Algorithm& algorithm, const ir::Op& dot, const Target& target) {
  Halide::Func product = algorithm.funcs.at(dot.result());
  product.compute_root();
  const TileLoops loops =
      tile_consumer(product, dot.result()->type().shape, algorithm.tiles.at(dot.result()));
  std::vector<Halide::VarOrRVar> order = loops.inner;
  order.insert(order.end(), {loops.columns, loops.rows});
  product.reorder(order);
  compute_tile(algorithm, dot, {product, loops.columns});
  if (!needs_packing(dot)) return;
  schedule_packing(algorithm, dot, target);
  algorithm.right_operands.at(dot.result()).packed.compute_root();
}

/// An op with loops of its own. What has no better schedule is computed before it is read.
void schedule_accumulation(Algorithm& algorithm, const ir::Op& op, const Target& target) {
  if (op.is("dot_general") && has_rows_and_columns(op))
    return schedule_product(algorithm, op, target);
  if (op.is("dot_general"))
    return schedule_sums(algorithm.sums.at(op.result()), op.result()->type(), target);
  if (op.is("convolution")) return schedule_small_convolution(algorithm, op, target);
  if (op.definition().facts.has_window) return schedule_small_window(algorithm, op, target);
  Halide::Func func = algorithm.funcs.at(op.result());
  if (op.is("reduce")) return schedule_reduce(func, op, target);
  func.compute_root();
}

}  // namespace

void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  StoredValues stored(region);
  for (const auto& op : region.ops()) {
    const ir::Value* value = op->result(op->result_count() - 1);
    auto found = algorithm.funcs.find(value);
    if (found == algorithm.funcs.end()) continue;
    if (ir::accumulates(*op)) {
      schedule_accumulation(algorithm, *op, target);
    } else if (stored.add(*op, value)) {
      found->second.compute_root();
      const int64_t bytes = std::max<int64_t>(4, ir::size_of(value->type().element));
      if (value->type().rank() > 0)
        vectorize_innermost(found->second, found->second.args()[0], value->type().shape.back(),
                            target.lanes(static_cast<int>(bytes)));
    }
    if (op->is(ir::OpClass::random)) state_func(algorithm, op->operand(0)).compute_root();
  }
  for (Output& output : algorithm.outputs) {
    if (output.stage.defined()) output.stage.compute_root();
    if (output.shape.empty()) continue;
    for (const Halide::Func& func : {output.stage, output.func}) {
      if (!func.defined()) continue;
      const InnermostLoop loop = unroll_pieces(func, output.shape.back(), region);
      vectorize_innermost(func, loop.x, loop.extent, target.lanes(4));
    }
  }
}

}  // namespace kiln::codegen::cpu
