#include "passes/memory/placement.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "ir/builder.h"
#include "ir/ops/definition.h"
#include "ir/ops/fusion.h"
#include "ir/scan.h"
#include "passes/memory/in_place.h"
#include "passes/variable_arguments.h"

namespace kiln::passes {
namespace {

/// A fusion that copies `value`, perhaps into another shape; it is in no function yet.
std::unique_ptr<ir::Op> make_copy(ir::Value* value, const ir::Type& type) {
  auto copy = std::make_unique<ir::Op>(
      *ir::find_op("fusion"), std::vector<ir::Value*>{value},
      ir::Attributes{{"kind", std::string(ir::name_of(ir::FusionKind::pointwise))}}, "copy");
  ir::Region& region = copy->add_region();
  ir::Builder builder(region, "copy");
  region.set_results(
      {ir::reshape(builder.wrap(region.add_argument(value->type())), type.shape).value});
  copy->add_result(type);
  return copy;
}

/// Another result of the value's fusion, with the same elements: cheaper than a copy.
ir::Value* written_twice(const ir::Value* value) {
  ir::Op& fusion = *value->op();
  std::vector<ir::Value*> results = fusion.region().results();
  results.push_back(results[static_cast<size_t>(value->index())]);
  fusion.region().set_results(std::move(results));
  fusion.add_result(value->type());
  return fusion.result(fusion.result_count() - 1);
}

bool reads_in_place(const ir::Op& fusion, const ir::Value* old_value, size_t result,
                    InPlaceWrites& in_place) {
  for (size_t i = 0; i < fusion.operands().size(); ++i) {
    if (storage_of(fusion.operand(i)) == old_value && !in_place.allowed(fusion, i, result))
      return false;
  }
  return true;
}

/// Whether the op that gives the value may write it to its destination.
bool is_placeable(const ir::Value* value, const Destination& destination, const Liveness& liveness,
                  InPlaceWrites& in_place) {
  if (value->op() == nullptr || !writes_buffers(*value->op())) return false;
  const ir::Value* old_value = destination.old_value;
  if (old_value == nullptr) return true;
  if (!value->op()->is("fusion")) return false;
  const auto last_read = liveness.last(old_value);
  if (!last_read) return true;
  const size_t writer = liveness.first(value);
  if (*last_read > writer) return false;
  return *last_read < writer ||
         reads_in_place(*value->op(), old_value, static_cast<size_t>(value->index()), in_place);
}

/// Whether the op may write that result over that operand, if nothing else needs the operand. A
/// scan's last carry is where the first one was.
bool can_write(const ir::Op& op, size_t operand, size_t result, InPlaceWrites& in_place) {
  if (op.is("fusion")) return in_place.allowed(op, operand, result);
  const auto operands = op.operands();
  return operand == result && parts_of(op).is_carry(operand) &&
         std::count_if(operands.begin(), operands.end(), [&](const ir::Value* other) {
           return storage_of(other) == storage_of(op.operand(operand));
         }) == 1;
}

}  // namespace

std::vector<Destination> destinations_of(const ir::Function& function) {
  const auto arguments = variable_arguments(function);
  std::vector<Destination> destinations;
  for (const ir::Binding& binding : function.result_bindings) {
    if (binding.is_variable) {
      const auto argument = arguments.find(binding.name);
      destinations.push_back({ir::Placement::state(binding.name),
                              argument == arguments.end() ? nullptr : argument->second});
    } else {
      destinations.push_back({ir::Placement::output(binding.name), nullptr});
    }
  }
  return destinations;
}

std::vector<Destination> destinations_of(const ir::Op& scan) {
  std::vector<Destination> destinations;
  const size_t carries = parts_of(scan).carries;
  for (size_t i = 0; i < scan.result_count(); ++i) {
    if (i < carries) {
      destinations.push_back({ir::Placement::carry(i), scan.region().argument(i)});
    } else {
      destinations.push_back({ir::Placement::stack(i), nullptr});
    }
  }
  return destinations;
}

bool writes_buffers(const ir::Op& op) { return op.is("fusion") || op.is("scan"); }

void copy_returned_arguments(ir::Region& region) {
  std::vector<ir::Value*> results = region.results();
  std::vector<std::unique_ptr<ir::Op>> copies;
  for (ir::Value*& result : results) {
    auto* source = const_cast<ir::Value*>(storage_of(result));
    if (!source->is_argument()) continue;
    copies.push_back(make_copy(source, result->type()));
    result = copies.back()->result();
  }
  if (copies.empty()) return;
  std::vector<std::unique_ptr<ir::Op>> ops = region.take_ops();
  for (auto& copy : copies) region.append(std::move(copy));
  for (auto& op : ops) region.append(std::move(op));
  region.set_results(std::move(results));
}

PlacedValues place_results(ir::Region& region, const std::vector<Destination>& destinations) {
  PlacedValues placed;
  Liveness liveness(region);
  InPlaceWrites in_place;
  std::vector<ir::Value*> results = region.results();
  for (size_t r = 0; r < results.size(); ++r) {
    if (placed.contains(results[r]) && results[r]->op()->is("fusion")) {
      results[r] = written_twice(results[r]);
      liveness.add_result(results[r]);
    }
    if (placed.contains(results[r]) ||
        !is_placeable(results[r], destinations[r], liveness, in_place))
      results[r] = region.append(make_copy(results[r], results[r]->type()))->result();
    placed[results[r]] = destinations[r].placement;
  }
  region.set_results(std::move(results));
  return placed;
}

std::vector<size_t> buffer_owners(const std::vector<Temporary>& temporaries) {
  std::unordered_map<const ir::Value*, size_t> number;
  for (size_t t = 0; t < temporaries.size(); ++t) {
    if (temporaries[t].value != nullptr) number[temporaries[t].value] = t;
  }
  std::vector<size_t> owners(temporaries.size());
  std::iota(owners.begin(), owners.end(), size_t{0});
  std::vector<bool> donated(temporaries.size(), false);
  InPlaceWrites in_place;
  for (size_t t = 0; t < temporaries.size(); ++t) {
    const Temporary& result = temporaries[t];
    if (result.value == nullptr) continue;
    for (size_t i = 0; i < result.op->operands().size(); ++i) {
      const auto dying = number.find(result.op->operand(i));
      if (dying == number.end() || donated[dying->second]) continue;
      if (temporaries[dying->second].last != result.first) continue;
      if (!can_write(*result.op, i, static_cast<size_t>(result.value->index()), in_place)) continue;
      owners[t] = owners[dying->second];
      donated[dying->second] = true;
      break;
    }
  }
  return owners;
}

}  // namespace kiln::passes
