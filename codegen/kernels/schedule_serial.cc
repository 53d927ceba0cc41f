#include <algorithm>
#include <unordered_map>
#include <unordered_set>

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

/// A value that several ops read is stored where its expression has more ops than this.
constexpr int64_t kInlinedOps = 24;

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

/// The state that random bits come from is read from a Func. What Halide reads from an input at a
/// constant index, it takes for a constant: it would write out the bits of a single element as one
/// expression of that constant, too long to ever be finished.
void store_state(Algorithm& algorithm, const ir::Value* state) {
  if (state->is_argument()) {
    algorithm.inputs.at(static_cast<size_t>(state->index())).in().compute_root();
  } else {
    algorithm.funcs.at(state).compute_root();
  }
}

/// The values that elements of an extreme are: a derivative, or an argmax, compares them with it,
/// which only finds them where both have the same bits. Computed twice they need not have.
std::unordered_set<const ir::Value*> compared_values(const ir::Region& region) {
  std::unordered_set<const ir::Value*> compared;
  for (const auto& op : region.ops()) {
    if (!op->is("reduce") || op->get<std::string>("reducer") == "add") continue;
    const ir::Value* value = op->operand(0);
    while (value->op() != nullptr && value->op()->definition().op_class == ir::OpClass::movement)
      value = value->op()->operand(0);
    compared.insert(value);
  }
  return compared;
}

/// What is computed on the fly, by the ops that read it, and what is stored.
class InlinedValues {
 public:
  explicit InlinedValues(const ir::Region& region)
      : uses_(count_uses(region)), compared_(compared_values(region)) {}

  /// Whether an op's result must be stored, given what its operands are.
  bool add(const ir::Op& op, const ir::Value* result) {
    int64_t ops = 1;
    for (const ir::Value* operand : op.operands()) ops += ops_[operand];
    const bool is_read_often = uses_[result] > 1;
    const bool is_constant_to_halide = result->type().count() == 1;  // see store_state
    if (compared_.contains(result) || (is_read_often && ops > kInlinedOps)) return true;
    if (is_costly(op) && (is_read_often || is_constant_to_halide)) return true;
    ops_[result] = ops;
    return false;
  }

 private:
  std::unordered_map<const ir::Value*, int> uses_;
  std::unordered_set<const ir::Value*> compared_;
  std::unordered_map<const ir::Value*, int64_t> ops_;  ///< in the expression of one element
};

}  // namespace

void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  InlinedValues inlined(region);
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
    } else if (inlined.add(*op, value)) {
      found->second.compute_root();
      if (value->type().rank() > 0)
        vectorize_innermost(found->second, found->second.args()[0], value->type().shape.back(),
                            lanes);
    }
    if (op->is("rng_bit_generator")) store_state(algorithm, op->operand(0));
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
