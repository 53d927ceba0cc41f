#include "codegen/program/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "codegen/kernels/output_order.h"
#include "ir/scan.h"
#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"

namespace kiln::codegen {
namespace {

constexpr std::string_view kNote =
    "is the module planned? run the passes, up to plan-memory, first";

/// An integer attribute of a module, a variable or a function; -1 where there is none.
int64_t integer(const ir::Attributes& attributes, std::string_view name) {
  auto found = attributes.find(name);
  const int64_t* value = found == attributes.end() ? nullptr : std::get_if<int64_t>(&found->second);
  return value ? *value : -1;
}

/// Puts a literal's elements at the end of the constants, unless they are there already. Returns
/// where they are.
int64_t add_constant(std::string& constants, const ir::Literal& literal) {
  const ir::Literal dense = literal.dense();
  const std::string_view bytes(reinterpret_cast<const char*>(dense.bytes().data()),
                               dense.bytes().size());
  size_t at = constants.find(bytes);
  while (at != std::string::npos && at % KILN_ALIGNMENT != 0) at = constants.find(bytes, at + 1);
  if (at != std::string::npos) return static_cast<int64_t>(at);
  at = static_cast<size_t>(
      runtime::round_up(static_cast<int64_t>(constants.size()), KILN_ALIGNMENT));
  constants.resize(at);
  constants += bytes;
  return static_cast<int64_t>(at);
}

class FunctionReader {
 public:
  FunctionReader(const ir::Module& module, const ir::Function& function, std::string& constants)
      : module_(module), function_(function), constants_(constants) {}

  Expected<FunctionPlan> read();

 private:
  Status place_arguments();
  Status read_region(const ir::Region& region, std::vector<Step>& steps);
  Status read_op(const ir::Op& op, std::vector<Step>& steps);
  Status read_fusion(const ir::Op& op, std::vector<Step>& steps);
  Status read_scan(const ir::Op& op, std::vector<Step>& steps);
  Place slice_of(Place stacked, const ir::Type& slice) const;
  Status check_results() const;

  Expected<Place> place_of(const ir::Op& op, const ir::Placement& placement) const;
  Expected<Place> variable_place(std::string_view name, const std::string& where) const;
  Status check_block(const ir::Op& op, const Buffer& buffer) const;
  Diagnostic error(const std::string& where, std::string message) const;

  const ir::Module& module_;
  const ir::Function& function_;
  std::string& constants_;  ///< of the module
  FunctionPlan plan_;
  std::unordered_map<const ir::Value*, Place> places_;
  std::vector<const ir::Op*> scans_;  ///< around the op that is being read
};

Diagnostic FunctionReader::error(const std::string& where, std::string message) const {
  return {where.empty() ? "function " + function_.name : where, std::move(message),
          std::string(kNote)};
}

Expected<FunctionPlan> FunctionReader::read() {
  plan_.function = &function_;
  for (size_t i = 0; i < function_.result_bindings.size(); ++i) {
    const ir::Binding& binding = function_.result_bindings[i];
    if (!binding.is_variable)
      plan_.outputs.push_back({binding.name, function_.body.results()[i]->type()});
  }
  KILN_TRY(place_arguments());
  KILN_TRY(read_region(function_.body, plan_.steps));
  KILN_TRY(check_results());
  return std::move(plan_);
}

Status FunctionReader::place_arguments() {
  for (size_t i = 0; i < function_.body.argument_count(); ++i) {
    const ir::Value* argument = function_.body.argument(i);
    const ir::Binding& binding = function_.argument_bindings[i];
    if (binding.is_variable) {
      KILN_ASSIGN(places_[argument], variable_place(binding.name, ""));
      plan_.takes_weights |= places_[argument].base == Place::Base::weights;
    } else {
      places_[argument] = {Place::Base::input, static_cast<int64_t>(plan_.inputs.size()), {}};
      plan_.inputs.push_back({binding.name, argument->type()});
    }
  }
  return ok();
}

Status FunctionReader::read_region(const ir::Region& region, std::vector<Step>& steps) {
  for (const auto& op : region.ops()) KILN_TRY(read_op(*op, steps));
  return ok();
}

Status FunctionReader::read_op(const ir::Op& op, std::vector<Step>& steps) {
  if (op.is("fusion")) return read_fusion(op, steps);
  if (op.is("scan")) return read_scan(op, steps);
  if (op.is("reshape")) {  // the same bytes seen in another shape
    places_[op.result()] = places_.at(op.operand(0));
    return ok();
  }
  if (!op.is("constant"))
    return error(op.location(), fmt::format("{} stands outside a fusion", op.name()));
  places_[op.result()] = {
      Place::Base::constant, add_constant(constants_, op.get<ir::Literal>("value")), {}};
  return ok();
}

Status FunctionReader::read_fusion(const ir::Op& op, std::vector<Step>& steps) {
  const auto buffers = op.get_or<ir::Placements>("buffers", {});
  if (buffers.size() != op.result_count()) {
    return error(op.location(), fmt::format("a fusion of {} results has {} buffers",
                                            op.result_count(), buffers.size()));
  }
  KernelCall call{&op, {}};
  for (size_t i = 0; i < op.operands().size(); ++i) {
    call.buffers.push_back({op.region().argument(i)->type(), places_.at(op.operand(i))});
    KILN_TRY(check_block(op, call.buffers.back()));
  }
  for (size_t i : output_order(op.region())) {
    KILN_ASSIGN(const Place place, place_of(op, buffers[i]));
    places_[op.result(i)] = place;
    call.buffers.push_back({op.region().results()[i]->type(), place});
    KILN_TRY(check_block(op, call.buffers.back()));
  }
  steps.push_back(std::move(call));
  return ok();
}

/// The slice that a step of the innermost loop works on.
Place FunctionReader::slice_of(Place stacked, const ir::Type& slice) const {
  stacked.steps.resize(scans_.size(), 0);
  stacked.steps.back() = slice.bytes();
  return stacked;
}

/// Carries live in the buffers of the last ones; the first ones are copied there before the loop.
Status FunctionReader::read_scan(const ir::Op& op, std::vector<Step>& steps) {
  const ir::ScanParts parts = parts_of(op);
  const auto buffers = op.get_or<ir::Placements>("buffers", {});
  if (buffers.size() != op.result_count()) {
    return error(op.location(), fmt::format("a scan of {} results has {} buffers",
                                            op.result_count(), buffers.size()));
  }
  for (size_t i = 0; i < op.result_count(); ++i) {
    const ir::Value* result = op.result(i);
    KILN_ASSIGN(places_[result], place_of(op, buffers[i]));
    KILN_TRY(check_block(op, {result->type(), places_[result]}));
  }
  for (size_t i = 0; i < parts.carries; ++i) {
    const Place& from = places_.at(op.operand(i));
    const Place& to = places_.at(op.result(i));
    if (from != to) steps.push_back(Copy{from, to, op.result(i)->type().bytes()});
  }
  scans_.push_back(&op);
  for (size_t i = 0; i < op.operands().size(); ++i) {
    const ir::Value* argument = op.region().argument(i);
    places_[argument] = parts.is_carry(i) ? places_.at(op.result(i))
                        : parts.is_stacked(i)
                            ? slice_of(places_.at(op.operand(i)), argument->type())
                            : places_.at(op.operand(i));
  }
  Loop loop{parts.trip_count, parts.reverse, {}};
  Status status = read_region(op.region(), loop.steps);
  scans_.pop_back();
  steps.push_back(std::move(loop));
  return status;
}

Expected<Place> FunctionReader::place_of(const ir::Op& op, const ir::Placement& placement) const {
  using Space = ir::Placement::Space;
  const int64_t index = placement.index;
  if (placement.space == Space::arena) return Place{Place::Base::arena, index, {}};
  if (placement.space == Space::state) return variable_place(placement.name, op.location());
  if (placement.space == Space::output) {
    auto named = [&](const NamedType& output) { return output.name == placement.name; };
    auto found = std::find_if(plan_.outputs.begin(), plan_.outputs.end(), named);
    if (found != plan_.outputs.end())
      return Place{Place::Base::output, found - plan_.outputs.begin(), {}};
  } else if (!scans_.empty()) {
    const ir::Op& scan = *scans_.back();
    const auto carries = static_cast<int64_t>(parts_of(scan).carries);
    const bool is_carry = placement.space == Space::carry;
    if (index >= (is_carry ? 0 : carries) &&
        index < (is_carry ? carries : static_cast<int64_t>(scan.result_count()))) {
      const ir::Value* result = scan.result(static_cast<size_t>(index));
      const Place& whole = places_.at(result);
      return is_carry ? whole : slice_of(whole, slice_type(result->type()));
    }
  }
  return error(op.location(), ir::not_a_placement(placement.to_string()));
}

Expected<Place> FunctionReader::variable_place(std::string_view name,
                                               const std::string& where) const {
  const ir::Variable* variable = module_.variable(name);
  if (variable == nullptr) return error(where, fmt::format("there is no variable {}", name));
  const bool is_weight = variable->attributes.contains("block");
  const Place place{is_weight ? Place::Base::weights : Place::Base::state,
                    integer(variable->attributes, "offset"),
                    {}};
  const std::string_view bytes = is_weight ? "weight_bytes" : "state_bytes";
  if (place.at < 0 || place.at % KILN_ALIGNMENT != 0 ||
      place.at + variable->type.bytes() > integer(module_.attributes, bytes)) {
    return error(variable->location, fmt::format("variable {} has no place in the {} block", name,
                                                 is_weight ? "weights" : "state"));
  }
  return place;
}

/// Whether what a kernel writes stays within its block, and kernels can index it.
Status FunctionReader::check_block(const ir::Op& op, const Buffer& buffer) const {
  const ir::Type& type = buffer.type;
  const Place& place = buffer.place;
  if (!place.steps.empty()) return ok();  // a slice: the stacked tensor has been checked
  const auto fits = [&](const ir::Type& other) { return type.is_view_of(other); };
  bool good = true;
  switch (place.base) {
    case Place::Base::arena:
      good = place.at >= 0 && place.at % KILN_ALIGNMENT == 0 &&
             place.at + type.bytes() <= integer(function_.attributes, "arena_bytes");
      break;
    case Place::Base::state:
      good = std::any_of(
          module_.variables.begin(), module_.variables.end(), [&](const ir::Variable& variable) {
            return integer(variable.attributes, "offset") == place.at && fits(variable.type);
          });
      break;
    case Place::Base::output:
      good = fits(plan_.outputs[static_cast<size_t>(place.at)].type);
      break;
    case Place::Base::weights:
    case Place::Base::input:
    case Place::Base::constant:
      break;
  }
  if (!good)
    return error(op.location(), fmt::format("{} does not fit into its buffer", type.to_string()));
  if (type.count() > std::numeric_limits<int32_t>::max()) {
    return Diagnostic{op.location(), fmt::format("{} is too large for a kernel", type.to_string()),
                      "kernels index at most 2147483647 elements; choose a smaller batch"};
  }
  return ok();
}

/// Whether each result is where the caller looks for it.
Status FunctionReader::check_results() const {
  int64_t output = 0;
  for (size_t i = 0; i < function_.body.results().size(); ++i) {
    const ir::Binding& binding = function_.result_bindings[i];
    Place wanted{Place::Base::output, output, {}};
    if (binding.is_variable) {
      KILN_ASSIGN(wanted, variable_place(binding.name, ""));
    } else {
      ++output;
    }
    const Place& place = places_.at(function_.body.results()[i]);
    if (place != wanted) {
      return error("", fmt::format("its result {} is never written to its place", binding.name));
    }
  }
  return ok();
}

}  // namespace

void for_each_call(const std::vector<Step>& steps,
                   const std::function<void(const KernelCall&)>& visit) {
  for (const Step& step : steps) {
    if (const auto* call = std::get_if<KernelCall>(&step)) visit(*call);
    if (const auto* loop = std::get_if<Loop>(&step)) for_each_call(loop->steps, visit);
  }
}

Expected<ModulePlan> read_plan(const ir::Module& module) {
  ModulePlan plan;
  if (integer(module.attributes, "state_bytes") < 0) {
    return Diagnostic{"module " + module.name, "has no state_bytes", std::string(kNote)};
  }
  for (const auto& function : module.functions) {
    KILN_ASSIGN(plan.functions.emplace_back(),
                FunctionReader(module, *function, plan.constants).read());
  }
  return plan;
}

}  // namespace kiln::codegen
