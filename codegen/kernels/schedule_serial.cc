#include <unordered_map>

#include "codegen/kernels/schedule.h"
#include "ir/ops/definition.h"

namespace kiln::codegen {
namespace {

bool is_costly(const ir::Op& op) {
  for (std::string_view name : {"exponential", "log", "power", "tanh", "logistic", "log_plus_one", "exponential_minus_one",
                                "erf", "sine", "cosine", "divide", "sqrt", "rsqrt"}) {
    if (op.is(name)) return true;
  }
  return false;
}

bool is_accumulation(const ir::Op& op) {
  return op.definition().op_class == ir::OpClass::reduction || op.definition().op_class == ir::OpClass::contraction;
}

/// How often each value is read within the region, a read under an accumulation counting as often
/// as the accumulation repeats it.
std::unordered_map<const ir::Value*, int> count_uses(const ir::Region& region) {
  std::unordered_map<const ir::Value*, int> uses;
  for (const auto& op : region.ops()) {
    for (const ir::Value* operand : op->operands()) ++uses[operand];
  }
  for (const ir::Value* result : region.results()) ++uses[result];
  return uses;
}

void vectorize_innermost(Halide::Stage stage, Halide::Var x, int64_t extent, int64_t lanes) {
  if (extent < 4) return;
  lanes = std::min(extent, lanes);
  const auto tail = extent % lanes == 0 ? Halide::TailStrategy::RoundUp : Halide::TailStrategy::GuardWithIf;
  stage.vectorize(x, static_cast<int>(lanes), tail);
}

}  // namespace

void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  auto uses = count_uses(region);
  const int64_t lanes = target.lanes(4);
  for (const auto& op : region.ops()) {
    for (size_t i = 0; i < op->result_count(); ++i) {
      const ir::Value* value = op->result(i);
      auto found = algorithm.funcs.find(value);
      if (found == algorithm.funcs.end()) continue;
      const bool repeated = uses[value] > 1 && is_costly(*op);
      if (!is_accumulation(*op) && !repeated) continue;
      Halide::Func& func = found->second;
      func.compute_root();
      if (value->type().rank() == 0) continue;
      vectorize_innermost(func, func.args()[0], value->type().shape.back(), lanes);
      if (is_accumulation(*op)) {
        std::vector<Halide::VarOrRVar> order = {func.args()[0]};
        for (const Halide::RVar& r : func.rvars(0)) order.push_back(r);
        func.update().reorder(order);
        vectorize_innermost(func.update(), func.args()[0], value->type().shape.back(), lanes);
      }
    }
  }
  for (size_t i = 0; i < algorithm.outputs.size(); ++i) {
    if (algorithm.output_shapes[i].empty()) continue;
    Halide::Func& output = algorithm.outputs[i];
    vectorize_innermost(output, output.args()[0], algorithm.output_shapes[i].back(), lanes);
  }
}

}  // namespace kiln::codegen
