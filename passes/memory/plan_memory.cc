#include "passes/memory/plan_memory.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>

#include "ir/builder.h"
#include "ir/ops/definition.h"
#include "ir/scan.h"
#include "passes/memory/in_place.h"
#include "passes/memory/occupied_memory.h"
#include "passes/variable_arguments.h"

namespace kiln::passes {
namespace {

int64_t align(int64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

/// What a view or a value is stored as: views share the buffer of what they show.
const ir::Value* storage_of(const ir::Value* value) {
  while (value->op() != nullptr && value->op()->is("reshape")) value = value->op()->operand(0);
  return value;
}

/// A fusion that copies `value`, perhaps into another shape; it is in no function yet.
std::unique_ptr<ir::Op> make_copy(ir::Value* value, const ir::Type& type) {
  auto copy = std::make_unique<ir::Op>(*ir::find_op("fusion"), std::vector<ir::Value*>{value},
                                       ir::Attributes{{"kind", std::string("pointwise")}}, "copy");
  ir::Region& region = copy->add_region();
  ir::Builder builder(region, "copy");
  region.set_results(
      {ir::reshape(builder.wrap(region.add_argument(value->type())), type.shape).value});
  copy->add_result(type);
  return copy;
}

/// Results that are arguments, or views of them, are copied before anything else runs: later their
/// variables may hold new values.
void copy_returned_arguments(ir::Region& body) {
  std::vector<ir::Value*> results = body.results();
  std::vector<std::unique_ptr<ir::Op>> copies;
  for (ir::Value*& result : results) {
    auto* source = const_cast<ir::Value*>(storage_of(result));
    if (!source->is_argument()) continue;
    copies.push_back(make_copy(source, result->type()));
    result = copies.back()->result();
  }
  if (copies.empty()) return;
  std::vector<std::unique_ptr<ir::Op>> ops = body.take_ops();
  for (auto& copy : copies) body.append(std::move(copy));
  for (auto& op : ops) body.append(std::move(op));
  body.set_results(std::move(results));
}

/// Where a result of a region goes, and the value that stands there before.
struct Destination {
  std::string place;
  const ir::Value* old_value = nullptr;
};

std::vector<Destination> destinations_of(const ir::Function& function) {
  const auto arguments = variable_arguments(function);
  std::vector<Destination> destinations;
  for (const ir::Binding& binding : function.result_bindings) {
    if (binding.is_variable) {
      const auto argument = arguments.find(binding.name);
      destinations.push_back(
          {"state:" + binding.name, argument == arguments.end() ? nullptr : argument->second});
    } else {
      destinations.push_back({"output:" + binding.name, nullptr});
    }
  }
  return destinations;
}

std::vector<Destination> destinations_of(const ir::Op& scan) {
  std::vector<Destination> destinations;
  const size_t carries = parts_of(scan).carries;
  for (size_t i = 0; i < scan.result_count(); ++i) {
    if (i < carries) {
      destinations.push_back({fmt::format("carry:{}", i), scan.region().argument(i)});
    } else {
      destinations.push_back({fmt::format("stack:{}", i), nullptr});
    }
  }
  return destinations;
}

/// One temporary: live from the op that writes it to the last that reads it, both included. Without
/// a value it is what a scan's region takes while the scan runs.
struct Temporary {
  const ir::Op* op;
  const ir::Value* value;
  int64_t bytes;
  size_t first;
  size_t last;
  int64_t offset = -1;
};

/// The arena that a region needs.
struct ArenaSize {
  int64_t bytes = 0;
  int64_t lower_bound = 0;
};

class Planner {
 public:
  Planner(ir::Region& region, std::vector<Destination> destinations)
      : region_(region), destinations_(std::move(destinations)) {}

  ArenaSize run() {
    for (const auto& op : region_.ops()) {
      if (op->is("scan")) inner_[op.get()] = Planner(op->region(), destinations_of(*op)).run();
    }
    copy_returned_arguments(region_);
    find_lives();
    place_results();
    collect_temporaries();
    reuse_dying_operands();
    assign_offsets();
    write_attributes();
    return size_;
  }

 private:
  ir::Op* op(size_t i) const { return region_.ops()[i].get(); }
  size_t op_count() const { return region_.ops().size(); }
  /// Reshapes are views, constants lie in the program.
  static bool writes_buffers(const ir::Op& op) { return op.is("fusion") || op.is("scan"); }

  void find_lives() {
    first_.clear();
    last_.clear();
    for (size_t i = 0; i < op_count(); ++i) {
      for (size_t r = 0; r < op(i)->result_count(); ++r)
        first_[op(i)->result(r)] = last_[op(i)->result(r)] = i;
      for (const ir::Value* operand : op(i)->operands()) last_[storage_of(operand)] = i;
    }
  }

  /// Binds results to their destinations, through copies where they cannot be written there.
  void place_results() {
    std::vector<ir::Value*> results = region_.results();
    for (size_t r = 0; r < results.size(); ++r) {
      if (place_.contains(results[r]) && results[r]->op()->is("fusion"))
        results[r] = written_twice(results[r]);
      if (!is_placeable(results[r], destinations_[r]))
        results[r] = region_.append(make_copy(results[r], results[r]->type()))->result();
      place_[results[r]] = destinations_[r].place;
    }
    region_.set_results(std::move(results));
    find_lives();
  }

  /// Another result of the value's fusion, with the same elements: cheaper than a copy.
  ir::Value* written_twice(const ir::Value* value) {
    ir::Op& fusion = *value->op();
    std::vector<ir::Value*> results = fusion.region().results();
    results.push_back(results[static_cast<size_t>(value->index())]);
    fusion.region().set_results(std::move(results));
    fusion.add_result(value->type());
    ir::Value* twin = fusion.result(fusion.result_count() - 1);
    first_[twin] = last_[twin] = first_.at(value);
    return twin;
  }

  bool is_placeable(const ir::Value* value, const Destination& destination) {
    if (value->op() == nullptr || !writes_buffers(*value->op()) || place_.contains(value))
      return false;
    const ir::Value* old_value = destination.old_value;
    if (old_value == nullptr) return true;
    if (!value->op()->is("fusion")) return false;
    if (!last_.contains(old_value)) return true;
    const size_t writer = first_.at(value);
    if (last_.at(old_value) > writer) return false;
    return last_.at(old_value) < writer ||
           reads_in_place(*value->op(), old_value, static_cast<size_t>(value->index()));
  }

  bool reads_in_place(const ir::Op& fusion, const ir::Value* old_value, size_t result) {
    for (size_t i = 0; i < fusion.operands().size(); ++i) {
      if (storage_of(fusion.operand(i)) == old_value && !writes_over(fusion, i, result))
        return false;
    }
    return true;
  }

  /// can_write_over, with what it has to find out of a fusion kept.
  bool writes_over(const ir::Op& fusion, size_t operand, size_t result) {
    if (fusion.operand(operand)->type() != fusion.result(result)->type()) return false;
    auto found = overwritable_.find(&fusion);
    if (found == overwritable_.end())
      found = overwritable_.emplace(&fusion, overwritable_operands(fusion)).first;
    return found->second[operand];
  }

  void collect_temporaries() {
    for (size_t i = 0; i < op_count(); ++i) {
      if (!writes_buffers(*op(i))) continue;
      for (size_t r = 0; r < op(i)->result_count(); ++r) {
        const ir::Value* value = op(i)->result(r);
        if (!place_.contains(value))
          temporaries_.push_back({op(i), value, align(value->type().bytes()), i, last_.at(value)});
      }
      if (op(i)->is("scan")) temporaries_.push_back({op(i), nullptr, inner_.at(op(i)).bytes, i, i});
    }
    for (size_t t = 0; t < temporaries_.size(); ++t) {
      if (temporaries_[t].value != nullptr) number_[temporaries_[t].value] = t;
    }
    owner_.resize(temporaries_.size());
    std::iota(owner_.begin(), owner_.end(), size_t{0});
  }

  /// The number of the value's temporary; that of no temporary where it has none.
  size_t temporary(const ir::Value* value) const {
    const auto found = number_.find(value);
    return found == number_.end() ? temporaries_.size() : found->second;
  }

  /// A scan's last carry is where the first one was.
  bool can_write(const ir::Op& op, size_t operand, size_t result) {
    if (op.is("fusion")) return writes_over(op, operand, result);
    const auto operands = op.operands();
    return operand == result && parts_of(op).is_carry(operand) &&
           std::count_if(operands.begin(), operands.end(), [&](const ir::Value* other) {
             return storage_of(other) == storage_of(op.operand(operand));
           }) == 1;
  }

  /// A result that is written over an operand that dies at the same op shares its buffer: the two
  /// become one temporary with both lives.
  void reuse_dying_operands() {
    std::set<size_t> donated;
    for (size_t t = 0; t < temporaries_.size(); ++t) {
      const Temporary& result = temporaries_[t];
      if (result.value == nullptr) continue;
      for (size_t i = 0; i < result.op->operands().size() && owner_[t] == t; ++i) {
        const ir::Value* source = storage_of(result.op->operand(i));
        const size_t dying = temporary(source);
        if (dying == temporaries_.size() || donated.contains(dying)) continue;
        if (temporaries_[dying].last != result.first || result.op->operand(i) != source) continue;
        if (!can_write(*result.op, i, static_cast<size_t>(result.value->index()))) continue;
        owner_[t] = dying;
        donated.insert(dying);
      }
    }
  }

  size_t owner(size_t t) const { return owner_[t] == t ? t : owner(owner_[t]); }

  /// Largest first, each at the lowest offset where it meets nothing that is live at the same time.
  void assign_offsets() {
    std::map<size_t, Temporary> merged;
    for (size_t t = 0; t < temporaries_.size(); ++t) {
      Temporary& whole = merged.try_emplace(owner(t), temporaries_[t]).first->second;
      whole.first = std::min(whole.first, temporaries_[t].first);
      whole.last = std::max(whole.last, temporaries_[t].last);
    }
    std::vector<Temporary*> by_size;  // and by number, the order of the map
    for (auto& [number, t] : merged) by_size.push_back(&t);
    std::stable_sort(by_size.begin(), by_size.end(), [](const Temporary* a, const Temporary* b) {
      return std::pair(-a->bytes, a->first) < std::pair(-b->bytes, b->first);
    });
    OccupiedMemory occupied(op_count());
    for (Temporary* t : by_size) {
      t->offset = occupied.lowest_free(t->first, t->last, t->bytes);
      occupied.take(t->first, t->last, t->offset, t->bytes);
      size_.bytes = std::max(size_.bytes, t->offset + t->bytes);
    }
    for (size_t t = 0; t < temporaries_.size(); ++t)
      temporaries_[t].offset = merged.at(owner(t)).offset;
    find_lower_bound(by_size);
  }

  void find_lower_bound(const std::vector<Temporary*>& all) {
    std::vector<int64_t> growth(op_count() + 1);  // of what is live, at each op
    for (const Temporary* t : all) {
      growth[t->first] += t->bytes;
      growth[t->last + 1] -= t->bytes;
    }
    int64_t live = 0;
    for (int64_t more : growth) size_.lower_bound = std::max(size_.lower_bound, live += more);
  }

  void write_attributes() {
    for (size_t i = 0; i < op_count(); ++i) {
      if (!writes_buffers(*op(i))) continue;
      ir::Strings buffers;
      for (size_t r = 0; r < op(i)->result_count(); ++r) {
        auto place = place_.find(op(i)->result(r));
        buffers.push_back(place != place_.end()
                              ? place->second
                              : arena_place(temporaries_[temporary(op(i)->result(r))].offset));
      }
      op(i)->set("buffers", std::move(buffers));
    }
    for (const Temporary& t : temporaries_) {
      if (t.value == nullptr) move_buffers(t.op->region(), t.offset);
    }
  }

  static std::string arena_place(int64_t offset) { return fmt::format("arena+{}", offset); }

  /// Temporaries of a scan's region, and of those within, start where the scan's own part of the
  /// arena does.
  static void move_buffers(ir::Region& region, int64_t by) {
    for (const auto& op : region.ops()) {
      if (!writes_buffers(*op)) continue;
      ir::Strings buffers = op->get<ir::Strings>("buffers");
      for (std::string& buffer : buffers) {
        if (buffer.starts_with("arena+")) buffer = arena_place(std::stoll(buffer.substr(6)) + by);
      }
      op->set("buffers", std::move(buffers));
      if (op->is("scan")) move_buffers(op->region(), by);
    }
  }

  ir::Region& region_;
  std::vector<Destination> destinations_;
  std::unordered_map<const ir::Op*, ArenaSize> inner_;  // of the scans' regions
  std::unordered_map<const ir::Value*, size_t> first_;
  std::unordered_map<const ir::Value*, size_t> last_;
  std::unordered_map<const ir::Value*, std::string> place_;
  std::unordered_map<const ir::Op*, std::vector<bool>> overwritable_;  // operands, by fusion
  std::vector<Temporary> temporaries_;
  std::unordered_map<const ir::Value*, size_t> number_;  // of a value's temporary
  std::vector<size_t> owner_;                            // the temporary whose buffer each has
  ArenaSize size_;
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

void plan_function(ir::Function& function) {
  const ArenaSize size = Planner(function.body, destinations_of(function)).run();
  write_alignments(function.body, kBufferAlignment);
  function.attributes["arena_bytes"] = size.bytes;
  function.attributes["arena_lower_bound"] = size.lower_bound;
}

void place_variables(ir::Module& module) {
  int64_t offset = 0;
  for (ir::Variable& variable : module.variables) {
    variable.attributes["offset"] = offset;
    offset += align(variable.type.bytes());
  }
  module.attributes["state_bytes"] = offset;
}

void describe_region(const ir::Region& region, const std::string& indent, std::string& text) {
  for (const auto& op : region.ops()) {
    const auto buffers = op->get_or<ir::Strings>("buffers", {});
    for (size_t r = 0; r < buffers.size(); ++r) {
      text += fmt::format("{}{:<28} {:>10} bytes  {:<24} {}\n", indent, buffers[r],
                          op->result(r)->type().bytes(), op->result(r)->type().to_string(),
                          op->location());
    }
    if (op->is("scan")) describe_region(op->region(), indent + "  ", text);
  }
}

}  // namespace

Status plan_memory(ir::Module& module) {
  place_variables(module);
  for (auto& function : module.functions) plan_function(*function);
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
