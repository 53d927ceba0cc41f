#include "codegen/kernels/gpu/templates.h"

#include <optional>
#include <set>
#include <string>

#include "codegen/kernels/gpu/launch_plan.h"
#include "codegen/kernels/gpu/product.h"
#include "codegen/kernels/gpu/sum.h"
#include "codegen/kernels/gpu/tile_cost.h"
#include "codegen/kernels/stored_values.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/definition.h"

namespace kiln::codegen::gpu {
namespace {

class Scheduler {
 public:
  Scheduler(Algorithm& algorithm, const ir::Region& region, const Target& target)
      : algorithm_(algorithm), region_(region), target_(target) {}

  /// Before schedule(), for ops of many shapes: plans which launch computes what. Without a plan,
  /// what consumes the kernel's root is its output.
  void plan_launches();
  void schedule();

 private:
  void schedule_op(const ir::Op& op);
  void schedule_product(const ir::Op& op);
  void schedule_window(const ir::Op& op);
  void schedule_scatter(const ir::Op& op);

  Consumer consumer_of(const ir::Op& op, Halide::Func func);
  void store_once(const Halide::Func& func, const ir::Shape& shape, const Home& home = {});

  Algorithm& algorithm_;
  const ir::Region& region_;
  const Target& target_;
  std::set<const ir::Value*> stored_values_;  ///< of elementwise ops
  std::optional<LaunchPlan> launches_;
  std::set<std::string> stored_;      ///< Funcs that are
  const Output* finished_ = nullptr;  ///< the output that is computed with the kernel's root
};

/// The values of elementwise ops that are stored in a serial fusion; in others none is.
std::set<const ir::Value*> find_stored_values(const ir::Region& region) {
  std::set<const ir::Value*> stored;
  StoredValues values(region);
  for (const auto& op : region.ops()) {
    const ir::Value* result = op->result(op->result_count() - 1);
    if (!is_always_stored(*op) && values.add(*op, result)) stored.insert(result);
  }
  return stored;
}

void Scheduler::plan_launches() {
  stored_values_ = find_stored_values(region_);
  launches_.emplace(algorithm_, region_, stored_values_, target_);
}

void Scheduler::schedule() {
  for (const auto& op : region_.ops()) {
    if (algorithm_.funcs.contains(op->result(op->result_count() - 1))) schedule_op(*op);
  }
  for (const Output& output : algorithm_.outputs) {
    if (&output != finished_) store({output.func, output.stage}, output.shape, target_);
  }
}

void Scheduler::schedule_op(const ir::Op& op) {
  const ir::Value* result = op.result(op.result_count() - 1);
  if (op.is(ir::OpClass::contraction)) {
    schedule_product(op);
  } else if (op.is("reduce")) {
    const Accumulation reduce = accumulation_of(algorithm_, op);
    accumulate(reduce, consumer_of(op, reduce.func), target_);
  } else if (op.definition().facts.has_window) {
    schedule_window(op);
  } else if (op.is("scatter")) {
    schedule_scatter(op);
  } else if (ir::accumulates(op)) {
    KILN_CHECK(false, "no schedule for {}", op.name());
  } else if (stored_values_.contains(result)) {
    store_once(algorithm_.funcs.at(result), result->type().shape, launches_->home(result));
  }
  if (op.is(ir::OpClass::random))
    store_once(state_func(algorithm_, op.operand(0)), op.operand(0)->type().shape);
}

void Scheduler::store_once(const Halide::Func& func, const ir::Shape& shape, const Home& home) {
  if (stored_.insert(func.name()).second) store({func, {}, home}, shape, target_);
}

/// What is computed from `func`, the op's values as they become: the kernel's output where the op
/// is the kernel's root, else a copy for all who read the op.
Consumer Scheduler::consumer_of(const ir::Op& op, Halide::Func func) {
  const bool is_root = !launches_ && algorithm_.outputs.size() == 1;
  if (!is_root || finished_ != nullptr || algorithm_.outputs[0].shape != op.result()->type().shape)
    return {func.in(), {}, launches_ ? launches_->home(op.result()) : Home{}};
  finished_ = &algorithm_.outputs[0];
  return {finished_->func, finished_->stage};
}

void Scheduler::schedule_product(const ir::Op& op) {
  const auto sums = algorithm_.sums.find(op.result());
  if (sums == algorithm_.sums.end()) return;  // of nothing
  const Consumer consumer = consumer_of(op, sums->second);
  if (is_accumulated(op)) {
    accumulate(accumulation_of(algorithm_, op), consumer, target_);
  } else {
    multiply(algorithm_, op, consumer, target_);
  }
}

void Scheduler::schedule_window(const ir::Op& op) {
  const auto selection = algorithm_.selections.find(op.result());
  if (selection != algorithm_.selections.end()) {
    accumulate({selection->second, op.operand(1)->type().shape, 1, false}, {selection->second.in()},
               target_);
  }
  const Halide::Func func = algorithm_.funcs.at(op.result());
  accumulate({func, op.result()->type().shape, 1, false}, consumer_of(op, func), target_);
}

/// A thread adds all rows of its part of the table to its column, in order.
void Scheduler::schedule_scatter(const ir::Op& op) {
  Halide::Func sums = algorithm_.funcs.at(op.result());
  const ir::Shape& shape = op.result()->type().shape;
  store_once(sums, shape);
  if (!sums.has_update_definition()) return;
  std::vector<Loop> columns;
  const std::vector<Loop> all = loops_of(sums, shape);
  for (size_t d = 0; d < all.size(); ++d) {
    const auto* var = sums.update_args()[d].as<Halide::Internal::Variable>();
    if (var != nullptr && var->name == all[d].var.name()) columns.push_back(all[d]);
  }
  Halide::Stage update = sums.update();
  over_threads(sums, update, columns, {}, target_);
  const auto part = algorithm_.table_parts.find(op.result());
  if (part == algorithm_.table_parts.end()) return;
  over_blocks(update, part->second);
  update.unroll(sums.rvars(0)[0], kUpdatesAtOnce);
}

}  // namespace

void schedule_one_shape(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  Scheduler(algorithm, region, target).schedule();
}

void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  Scheduler scheduler(algorithm, region, target);
  scheduler.plan_launches();
  scheduler.schedule();
}

}  // namespace kiln::codegen::gpu
