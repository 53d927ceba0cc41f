#include "codegen/kernels/gpu/launch_plan.h"

#include <algorithm>

#include "codegen/kernels/gpu/launch_cost.h"
#include "codegen/kernels/gpu/sum.h"
#include "ir/ops/definition.h"

namespace kiln::codegen::gpu {

bool is_always_stored(const ir::Op& op) { return ir::accumulates(op); }

LaunchPlan::LaunchPlan(const Algorithm& algorithm, const ir::Region& region,
                       const std::set<const ir::Value*>& stored, const Target& target)
    : algorithm_(algorithm), target_(target) {
  add_outputs(region);
  const auto& ops = region.ops();
  for (size_t i = ops.size(); i-- > 0;) {
    const ir::Op& op = *ops[i];
    add(op, is_always_stored(op) || stored.contains(op.result(op.result_count() - 1)));
  }
}

Home LaunchPlan::home(const ir::Value* value) const {
  const auto found = homes_.find(value);
  return found == homes_.end() ? Home{} : found->second;
}

void LaunchPlan::Readers::add(const Readers& others) {
  all.insert(others.all.begin(), others.all.end());
  elsewhere.insert(others.elsewhere.begin(), others.elsewhere.end());
}

void LaunchPlan::add_outputs(const ir::Region& region) {
  for (const Output& output : algorithm_.outputs) {
    for (const ir::Value* result : region.results()) {
      if (result->type().shape == output.shape) readers_[result].all.insert(launches_.size());
    }
    launches_.push_back({output.func, output.shape, true, true});
  }
}

/// What reads an op is known: ops come last one first.
void LaunchPlan::add(const ir::Op& op, bool is_stored) {
  const ir::Value* result = op.result(op.result_count() - 1);
  Readers readers;
  for (size_t i = 0; i < op.result_count(); ++i) readers.add(readers_[op.result(i)]);
  const bool is_elementwise = op.is(ir::OpClass::elementwise);
  bool reads_elsewhere = !is_elementwise;
  if (is_stored && is_elementwise && is_of_threads(op, readers)) {
    homes_.emplace(result, Home{launches_[*readers.all.begin()].func, true});
  } else if (is_stored) {
    const bool can_move = is_accumulated(op) || !is_always_stored(op);
    Launch* reader = readers.all.size() == 1 ? &launches_[*readers.all.begin()] : nullptr;
    if (can_move && reader != nullptr && take_in(op, *reader)) {
      homes_.emplace(result, Home{reader->func});
      reads_elsewhere = true;
    } else {
      readers = {{launches_.size()}, {}};
      launches_.push_back(own_launch(op));
    }
  }
  if (reads_elsewhere) readers.elsewhere = readers.all;
  for (const ir::Value* operand : op.operands()) readers_[operand].add(readers);
  // The state of random bits is stored on its own.
  if (op.is(ir::OpClass::random)) {
    readers_[op.operand(0)].add({{launches_.size()}, {launches_.size()}});
    launches_.emplace_back();
  }
}

/// Whether an elementwise op's values are read by the threads of one launch, each its own.
bool LaunchPlan::is_of_threads(const ir::Op& op, const Readers& readers) const {
  if (readers.all.size() != 1 || !readers.elsewhere.empty()) return false;
  const Launch& launch = launches_[*readers.all.begin()];
  return launch.is_spread && launch.shape == op.result()->type().shape;
}

LaunchPlan::Launch LaunchPlan::own_launch(const ir::Op& op) const {
  const ir::Value* result = op.result(op.result_count() - 1);
  Launch launch;
  launch.shape = result->type().shape;
  if (is_accumulated(op)) {
    Accumulation accumulation = accumulation_of(algorithm_, op);
    launch.func = accumulation.func.in();
    launch.can_take_in = parts_of(accumulation) == 1;  // else another launch accumulates the parts
  } else if (!is_always_stored(op)) {
    launch.func = algorithm_.funcs.at(result);
    launch.can_take_in = launch.is_spread = true;
  }
  return launch;
}

/// Has each block of a launch compute the op's values, if they are few enough.
bool LaunchPlan::take_in(const ir::Op& op, Launch& launch) const {
  const ir::Type& type = op.result(op.result_count() - 1)->type();
  const bool is_small = ir::element_count(launch.shape) <= kSmallLaunch;
  int64_t work = type.count(), stored = type.count();
  if (is_accumulated(op)) {
    const Accumulation accumulation = accumulation_of(algorithm_, op);
    const int64_t parts = parts_of(accumulation);
    work *= accumulation.depth;
    if (parts > 1) stored += type.count() * parts;
  }
  const int64_t bytes = stored * std::max<int64_t>(4, ir::size_of(type.element));
  if (!launch.can_take_in || launch.taken_in == kMostTakenIn ||
      type.count() > (is_small ? kValuesInSmall : kValuesInLarge) ||
      work > (is_small ? kWorkInSmall : kWorkInLarge) ||
      launch.shared_bytes + bytes > taken_in_bytes(target_))
    return false;
  launch.shared_bytes += bytes;
  ++launch.taken_in;
  return true;
}

}  // namespace kiln::codegen::gpu
