#include "passes/memory/plan_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "ir/scan.h"
#include "passes/memory/packing.h"
#include "passes/memory/placement.h"
#include "runtime/base/round_up.h"

namespace kiln::passes {
namespace {

int64_t align(int64_t bytes) { return runtime::round_up(bytes, kBufferAlignment); }

/// Plans one region, and those within it.
class Planner {
 public:
  Planner(ir::Region& region, std::vector<Destination> destinations)
      : region_(region), destinations_(std::move(destinations)) {}

  ArenaSize run() {
    for (const auto& op : region_.ops()) {
      if (op->is("scan"))
        inner_bytes_[op.get()] = Planner(op->region(), destinations_of(*op)).run().bytes;
    }
    copy_returned_arguments(region_);
    placed_ = place_results(region_, destinations_);
    collect_temporaries();
    const ArenaSize size = pack_temporaries();
    write_attributes();
    return size;
  }

 private:
  void collect_temporaries() {
    const Liveness liveness(region_);
    for (size_t i = 0; i < region_.ops().size(); ++i) {
      const ir::Op* op = region_.ops()[i].get();
      if (!writes_buffers(*op)) continue;
      for (size_t r = 0; r < op->result_count(); ++r) {
        const ir::Value* value = op->result(r);
        if (!placed_.contains(value))
          temporaries_.push_back(
              {op, value, align(value->type().bytes()), i, *liveness.last(value)});
      }
      if (op->is("scan")) temporaries_.push_back({op, nullptr, inner_bytes_.at(op), i, i});
    }
  }

  /// Temporaries that share a buffer are one block, which is live while any of them is.
  ArenaSize pack_temporaries() {
    const std::vector<size_t> owners = buffer_owners(temporaries_);
    std::vector<Block> blocks;
    std::vector<size_t> block_of(temporaries_.size());
    for (size_t t = 0; t < temporaries_.size(); ++t) {
      const Temporary& temporary = temporaries_[t];
      if (owners[t] == t) {
        block_of[t] = blocks.size();
        blocks.push_back({temporary.bytes, temporary.first, temporary.last, 0});
      } else {
        block_of[t] = block_of[owners[t]];
        Block& shared = blocks[block_of[t]];
        shared.last = std::max(shared.last, temporary.last);
      }
    }
    const ArenaSize size = pack(blocks);
    for (size_t t = 0; t < temporaries_.size(); ++t) {
      const int64_t offset = blocks[block_of[t]].offset;
      if (temporaries_[t].value != nullptr) {
        placed_[temporaries_[t].value] = ir::Placement::arena(offset);
      } else {
        move_buffers(temporaries_[t].op->region(), offset);
      }
    }
    return size;
  }

  void write_attributes() {
    for (const auto& op : region_.ops()) {
      if (!writes_buffers(*op)) continue;
      ir::Placements buffers;
      for (size_t r = 0; r < op->result_count(); ++r) buffers.push_back(placed_.at(op->result(r)));
      op->set("buffers", std::move(buffers));
    }
  }

  /// Temporaries of a scan's region, and of those within, start where the scan's own part of the
  /// arena does.
  static void move_buffers(ir::Region& region, int64_t by) {
    for (const auto& op : region.ops()) {
      if (!writes_buffers(*op)) continue;
      ir::Placements buffers = op->get<ir::Placements>("buffers");
      for (ir::Placement& buffer : buffers) {
        if (buffer.space == ir::Placement::Space::arena) buffer.index += by;
      }
      op->set("buffers", std::move(buffers));
      if (op->is("scan")) move_buffers(op->region(), by);
    }
  }

  ir::Region& region_;
  std::vector<Destination> destinations_;
  std::unordered_map<const ir::Op*, int64_t> inner_bytes_;  ///< what the scans' regions need
  PlacedValues placed_;  ///< at first those with a destination, at last all
  std::vector<Temporary> temporaries_;
};

/// The largest power of two, up to kBufferAlignment, that divides all slices of a scan.
int64_t slice_alignment(const ir::Op& scan) {
  const ir::ScanParts parts = parts_of(scan);
  int64_t bytes = kBufferAlignment;
  for (size_t i = parts.carries; i < parts.carries + parts.stacked; ++i)
    bytes = std::gcd(bytes, scan.region().argument(i)->type().bytes());
  for (size_t i = parts.carries; i < scan.result_count(); ++i)
    bytes = std::gcd(bytes, scan.region().results()[i]->type().bytes());
  return bytes;
}

void write_alignments(ir::Region& region, int64_t alignment) {
  for (const auto& op : region.ops()) {
    if (op->is("scan")) write_alignments(op->region(), std::min(alignment, slice_alignment(*op)));
    if (op->is("fusion") && alignment < kBufferAlignment) op->set("buffer_alignment", alignment);
  }
}

/// The values that are the caller's memory: inputs, in their own shape or seen in another.
std::unordered_set<const ir::Value*> input_values(const ir::Function& function) {
  std::unordered_set<const ir::Value*> inputs;
  for (size_t i = 0; i < function.body.argument_count(); ++i) {
    if (!function.argument_bindings[i].is_variable) inputs.insert(function.body.argument(i));
  }
  for (const auto& op : function.body.ops()) {
    if (op->is("reshape") && inputs.contains(op->operand(0))) inputs.insert(op->result());
  }
  return inputs;
}

/// Kernels that read inputs or write outputs find them at no more than the caller's alignment.
void write_caller_alignment(ir::Function& function, int64_t alignment) {
  const auto inputs = input_values(function);
  for (const auto& op : function.body.ops()) {
    if (!writes_buffers(*op)) continue;
    const auto buffers = op->get<ir::Placements>("buffers");
    const bool writes = std::any_of(buffers.begin(), buffers.end(), [](const ir::Placement& each) {
      return each.space == ir::Placement::Space::output;
    });
    const bool reads = std::any_of(op->operands().begin(), op->operands().end(),
                                   [&](const ir::Value* each) { return inputs.contains(each); });
    if (!writes && !reads) continue;
    if (op->is("fusion")) op->set("buffer_alignment", alignment);
    if (op->is("scan")) write_alignments(op->region(), std::min(alignment, slice_alignment(*op)));
  }
}

void plan_function(ir::Function& function, int64_t caller_alignment) {
  const ArenaSize size = Planner(function.body, destinations_of(function)).run();
  write_alignments(function.body, kBufferAlignment);
  if (caller_alignment < kBufferAlignment) write_caller_alignment(function, caller_alignment);
  function.attributes["arena_bytes"] = size.bytes;
  function.attributes["arena_lower_bound"] = size.lower_bound;
}

/// Whether a function gives the variable a new value.
bool is_changed(const ir::Module& module, const ir::Variable& variable) {
  return std::any_of(module.functions.begin(), module.functions.end(), [&](const auto& function) {
    const auto& results = function->result_bindings;
    return std::find(results.begin(), results.end(), ir::Binding::variable(variable.name)) !=
           results.end();
  });
}

void place_variables(ir::Module& module) {
  const bool apart = module.attributes.contains("weights_apart");
  int64_t state_bytes = 0, weight_bytes = 0;
  for (ir::Variable& variable : module.variables) {
    const bool is_weight = apart && !is_changed(module, variable);
    if (is_weight) variable.attributes["block"] = "weights";
    int64_t& bytes = is_weight ? weight_bytes : state_bytes;
    variable.attributes["offset"] = bytes;
    bytes += align(variable.type.bytes());
  }
  module.attributes["state_bytes"] = state_bytes;
  if (apart) module.attributes["weight_bytes"] = weight_bytes;
}

void describe_region(const ir::Region& region, const std::string& indent, std::string& text) {
  for (const auto& op : region.ops()) {
    const auto buffers = op->get_or<ir::Placements>("buffers", {});
    for (size_t r = 0; r < buffers.size(); ++r) {
      text += fmt::format("{}{:<28} {:>10} bytes  {:<24} {}\n", indent, buffers[r].to_string(),
                          op->result(r)->type().bytes(), op->result(r)->type().to_string(),
                          op->location());
    }
    if (op->is("scan")) describe_region(op->region(), indent + "  ", text);
  }
}

}  // namespace

Status plan_memory(ir::Module& module) {
  place_variables(module);
  const auto given = module.attributes.find("caller_alignment");
  const int64_t caller_alignment =
      given == module.attributes.end() ? kBufferAlignment : std::get<int64_t>(given->second);
  for (auto& function : module.functions) plan_function(*function, caller_alignment);
  return ok();
}

std::string describe_memory_plan(const ir::Function& function) {
  std::string text = fmt::format("{}: arena {} bytes, lower bound {} bytes\n", function.name,
                                 std::get<int64_t>(function.attributes.at("arena_bytes")),
                                 std::get<int64_t>(function.attributes.at("arena_lower_bound")));
  describe_region(function.body, "  ", text);
  return text;
}

}  // namespace kiln::passes
