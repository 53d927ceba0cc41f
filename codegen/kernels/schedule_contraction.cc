#include <algorithm>

#include "codegen/kernels/schedule.h"

namespace kiln::codegen {
namespace {

/// Multiply-adds that are worth a task of their own: a few microseconds of work.
constexpr int64_t kWorkPerTask = 128 * 1024;

/// A tile of the result that stays in registers while the contracted dimensions run: `rows` x
/// `columns`, the columns in vectors.
struct Tile {
  int64_t rows = 1;
  int64_t columns = 1;
};

int64_t vectors_in(int64_t columns, int64_t lanes) { return (columns + lanes - 1) / lanes; }

/// How much of the FMA peak a tile can reach, by a simple model: per step of the contraction it
/// loads its vectors of the right operand and broadcasts its rows of the left; fewer than 10
/// accumulators do not hide the latency of an FMA; partly filled vectors waste lanes.
double efficiency(const Tile& tile, int64_t lanes) {
  const auto vectors = static_cast<double>(vectors_in(tile.columns, lanes));
  const auto rows = static_cast<double>(tile.rows);
  const double accumulators = rows * vectors;
  const double filled = static_cast<double>(tile.columns) / (vectors * static_cast<double>(lanes));
  return filled * std::min(1.0, accumulators / 10) * accumulators / (accumulators + 0.5 * (rows + vectors));
}

/// The best tile whose sides divide the result's.
Tile choose_tile(int64_t rows, int64_t columns, int64_t lanes, int64_t registers) {
  const int64_t most_accumulators = registers * 3 / 4;
  Tile best;
  for (Tile tile; tile.columns <= std::min(columns, 8 * lanes); ++tile.columns) {
    if (columns % tile.columns != 0) continue;
    for (tile.rows = 1; tile.rows <= std::min<int64_t>(rows, 16); ++tile.rows) {
      if (rows % tile.rows != 0) continue;
      if (tile.rows * vectors_in(tile.columns, lanes) > most_accumulators) continue;
      if (efficiency(tile, lanes) > efficiency(best, lanes)) best = tile;
    }
  }
  return best;
}

/// Whether neighbours along the result's columns are neighbours in the right operand's memory.
bool right_operand_is_contiguous(const ir::Op& dot) {
  const int64_t last = dot.operand(1)->type().rank() - 1;
  const auto& contracting = dot.get<ir::Integers>("rhs_contracting");
  const auto& batching = dot.get<ir::Integers>("rhs_batching");
  return std::find(contracting.begin(), contracting.end(), last) == contracting.end() &&
         std::find(batching.begin(), batching.end(), last) == batching.end();
}

/// Transposes the right operand once per task, in square blocks that pass through registers.
void pack_right_operand(RightOperand right, Halide::Func output, const Halide::Var& task, int64_t columns,
                        int64_t depth, int64_t lanes) {
  const Halide::Var n = right.packed.args()[0], k = right.packed.args()[1];
  const Halide::Var n_outer("n_outer"), k_outer("k_outer"), n_inner("n_inner"), k_inner("k_inner");
  right.packed.compute_at(output, task)
      .split(n, n_outer, n_inner, static_cast<int>(divisor_at_most(columns, lanes / 2)))
      .split(k, k_outer, k_inner, static_cast<int>(divisor_at_most(depth, lanes / 2)))
      .reorder(n_inner, k_inner, n_outer, k_outer)
      .vectorize(n_inner)
      .unroll(k_inner);
  right.block.compute_at(right.packed, n_outer).reorder_storage(k, n).reorder(k, n).vectorize(k).unroll(n);
}

}  // namespace

void schedule_contraction(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& dot = root_op(region, "dot_general");
  const ir::Type& type = dot.result()->type();
  KILN_CHECK(algorithm.outputs.size() == 1 && type.rank() >= 2, "a contraction kernel has one output shape of rank 2 or more");
  Halide::Func& output = algorithm.outputs[0];
  Halide::Func& sums = algorithm.funcs.at(dot.result());
  const int64_t columns = type.shape[type.shape.size() - 1];
  const int64_t rows = type.shape[type.shape.size() - 2];
  const int64_t lanes = target.lanes(static_cast<int>(ir::size_of(type.element)));
  const Tile tile = choose_tile(rows, columns, lanes, target.vector_registers);

  const Halide::Var n = output.args()[0], m = output.args()[1];
  Halide::Var n_outer("n_outer"), m_outer("m_outer"), n_inner("n_inner"), m_inner("m_inner"), task("task");
  output.split(n, n_outer, n_inner, static_cast<int>(tile.columns))
      .split(m, m_outer, m_inner, static_cast<int>(tile.rows))
      .reorder(n_inner, m_inner, m_outer, n_outer)
      .vectorize(n_inner)
      .unroll(m_inner);

  const int64_t depth = dot.operand(0)->type().count() * dot.operand(1)->type().count();
  const double work = std::sqrt(static_cast<double>(depth) * static_cast<double>(type.count()));
  const int64_t most_tasks = std::min<int64_t>(target.threads, static_cast<int64_t>(work) / kWorkPerTask);
  const int64_t column_tasks = divisor_at_most(columns / tile.columns, most_tasks);
  const int64_t row_tasks = divisor_at_most(rows / tile.rows, most_tasks);
  const bool pack = !right_operand_is_contiguous(dot);
  // By columns where both serve: then a thread owns the same columns of a weight in the forward
  // product and in the weight's update, step after step, and they stay in its cache.
  if (column_tasks >= row_tasks && column_tasks > 1) {
    output.split(n_outer, task, n_outer, static_cast<int>(columns / tile.columns / column_tasks)).parallel(task);
  } else if (row_tasks > 1) {
    output.split(m_outer, task, m_outer, static_cast<int>(rows / tile.rows / row_tasks))
        .reorder(n_inner, m_inner, m_outer, n_outer, task)
        .parallel(task);
  } else {
    output.split(n_outer, task, n_outer, static_cast<int>(columns / tile.columns)).reorder(n_inner, m_inner, m_outer, n_outer, task);
  }
  if (pack) pack_right_operand(algorithm.right_operands.at(dot.result()), output, task, tile.columns, dot.operand(1)->type().count() / columns, lanes);

  const Halide::Var sn = sums.args()[0], sm = sums.args()[1];
  sums.compute_at(output, m_outer).vectorize(sn).unroll(sm);
  std::vector<Halide::VarOrRVar> order = {sn, sm};
  for (const Halide::RVar& r : sums.rvars(0)) order.push_back(r);
  sums.update().reorder(order).vectorize(sn).unroll(sm);
}

}  // namespace kiln::codegen
