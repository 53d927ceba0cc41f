#include "passes/plan_memory.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "ir/builder.h"
#include "ir/ops/definition.h"
#include "passes/in_place.h"

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

/// One temporary: live from the op that writes it to the last that reads it, both included.
struct Temporary {
  const ir::Value* value;
  int64_t bytes;
  size_t first;
  size_t last;
  int64_t offset = -1;
};

class Planner {
 public:
  explicit Planner(ir::Function& function) : function_(function) {}

  void run() {
    copy_returned_arguments(function_.body);
    find_lives();
    place_results();
    collect_temporaries();
    reuse_dying_operands();
    assign_offsets();
    write_attributes();
  }

 private:
  ir::Op* fusion(size_t i) const { return function_.body.ops()[i].get(); }
  size_t op_count() const { return function_.body.ops().size(); }

  void find_lives() {
    first_.clear();
    last_.clear();
    for (size_t i = 0; i < op_count(); ++i) {
      ir::Op* op = fusion(i);
      for (size_t r = 0; r < op->result_count(); ++r)
        first_[op->result(r)] = last_[op->result(r)] = i;
      for (const ir::Value* operand : op->operands()) last_[storage_of(operand)] = i;
    }
  }

  /// Binds results to the places of variables and outputs, through copies where they cannot be
  /// written there.
  void place_results() {
    std::vector<ir::Value*> results = function_.body.results();
    for (size_t r = 0; r < results.size(); ++r) {
      const ir::Binding& binding = function_.result_bindings[r];
      if (is_placeable(results[r], binding)) {
        place_[results[r]] = place_name(binding);
        continue;
      }
      results[r] = function_.body.append(make_copy(results[r], results[r]->type()))->result();
      place_[results[r]] = place_name(binding);
    }
    function_.body.set_results(std::move(results));
    find_lives();
  }

  static std::string place_name(const ir::Binding& binding) {
    return (binding.is_variable ? "state:" : "output:") + binding.name;
  }

  bool is_placeable(const ir::Value* value, const ir::Binding& binding) const {
    if (value->op() == nullptr || !value->op()->is("fusion") || place_.contains(value))
      return false;
    if (!binding.is_variable) return true;
    const ir::Value* old_value = function_.variable_argument(binding.name);
    if (old_value == nullptr || !last_.contains(old_value)) return true;
    const size_t writer = first_.at(value);
    if (last_.at(old_value) > writer) return false;
    return last_.at(old_value) < writer ||
           reads_in_place(*value->op(), old_value, static_cast<size_t>(value->index()));
  }

  static bool reads_in_place(const ir::Op& fusion, const ir::Value* old_value, size_t result) {
    for (size_t i = 0; i < fusion.operands().size(); ++i) {
      if (storage_of(fusion.operand(i)) == old_value && !can_write_over(fusion, i, result))
        return false;
    }
    return true;
  }

  void collect_temporaries() {
    for (size_t i = 0; i < op_count(); ++i) {
      const ir::Op* op = fusion(i);
      if (!op->is("fusion")) continue;
      for (size_t r = 0; r < op->result_count(); ++r) {
        const ir::Value* value = op->result(r);
        if (!place_.contains(value))
          temporaries_.push_back({value, align(value->type().bytes()), i, last_.at(value)});
      }
    }
  }

  Temporary* temporary(const ir::Value* value) {
    auto found = std::find_if(temporaries_.begin(), temporaries_.end(),
                              [&](const Temporary& t) { return t.value == value; });
    return found == temporaries_.end() ? nullptr : &*found;
  }

  /// A result that is written over an operand that dies at the same op shares its buffer: the two
  /// become one temporary with both lives.
  void reuse_dying_operands() {
    for (Temporary& result : temporaries_) {
      const ir::Op& op = *result.value->op();
      for (size_t i = 0; i < op.operands().size(); ++i) {
        const ir::Value* source = storage_of(op.operand(i));
        Temporary* dying = temporary(source);
        if (dying == nullptr || owner_.contains(result.value) || donated_.contains(source))
          continue;
        if (dying->last != result.first || op.operand(i) != source) continue;
        if (!can_write_over(op, i, static_cast<size_t>(result.value->index()))) continue;
        owner_[result.value] = source;
        donated_.insert(source);
        break;
      }
    }
  }

  const ir::Value* owner(const ir::Value* value) const {
    auto found = owner_.find(value);
    return found == owner_.end() ? value : owner(found->second);
  }

  /// Largest first, each at the lowest offset where it meets nothing that is live at the same time.
  void assign_offsets() {
    std::map<const ir::Value*, Temporary> merged;
    for (const Temporary& t : temporaries_) {
      Temporary& whole = merged.try_emplace(owner(t.value), t).first->second;
      whole.first = std::min(whole.first, t.first);
      whole.last = std::max(whole.last, t.last);
    }
    std::vector<Temporary*> by_size;
    for (auto& [value, t] : merged) by_size.push_back(&t);
    std::sort(by_size.begin(), by_size.end(), [](const Temporary* a, const Temporary* b) {
      return std::tuple(-a->bytes, a->first, a->value->index()) <
             std::tuple(-b->bytes, b->first, b->value->index());
    });
    std::vector<const Temporary*> placed;
    for (Temporary* t : by_size) {
      t->offset = lowest_offset(*t, placed);
      placed.push_back(t);
      arena_bytes_ = std::max(arena_bytes_, t->offset + t->bytes);
    }
    for (Temporary& t : temporaries_) t.offset = merged.at(owner(t.value)).offset;
    for (size_t i = 0; i < op_count(); ++i) {
      int64_t live = 0;
      for (const Temporary* t : placed) live += t->first <= i && i <= t->last ? t->bytes : 0;
      lower_bound_ = std::max(lower_bound_, live);
    }
  }

  static int64_t lowest_offset(const Temporary& t, const std::vector<const Temporary*>& placed) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (const Temporary* other : placed) {
      if (other->first <= t.last && t.first <= other->last)
        taken.emplace_back(other->offset, other->offset + other->bytes);
    }
    std::sort(taken.begin(), taken.end());
    int64_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (offset + t.bytes <= begin) break;
      offset = std::max(offset, end);
    }
    return offset;
  }

  void write_attributes() {
    for (size_t i = 0; i < op_count(); ++i) {
      ir::Op* op = fusion(i);
      if (!op->is("fusion")) continue;
      ir::Strings buffers;
      for (size_t r = 0; r < op->result_count(); ++r) {
        auto place = place_.find(op->result(r));
        buffers.push_back(place != place_.end()
                              ? place->second
                              : fmt::format("arena+{}", temporary(op->result(r))->offset));
      }
      op->set("buffers", std::move(buffers));
    }
    function_.attributes["arena_bytes"] = arena_bytes_;
    function_.attributes["arena_lower_bound"] = lower_bound_;
  }

  ir::Function& function_;
  std::unordered_map<const ir::Value*, size_t> first_;
  std::unordered_map<const ir::Value*, size_t> last_;
  std::unordered_map<const ir::Value*, std::string> place_;
  std::vector<Temporary> temporaries_;
  std::unordered_map<const ir::Value*, const ir::Value*> owner_;  // whose buffer a result shares
  std::set<const ir::Value*> donated_;
  int64_t arena_bytes_ = 0;
  int64_t lower_bound_ = 0;
};

void place_variables(ir::Module& module) {
  int64_t offset = 0;
  for (ir::Variable& variable : module.variables) {
    variable.attributes["offset"] = offset;
    offset += align(variable.type.bytes());
  }
  module.attributes["state_bytes"] = offset;
}

}  // namespace

Status plan_memory(ir::Module& module) {
  place_variables(module);
  for (auto& function : module.functions) Planner(*function).run();
  return ok();
}

std::string describe_memory_plan(const ir::Function& function) {
  std::string text = fmt::format("{}: arena {} bytes, lower bound {} bytes\n", function.name,
                                 std::get<int64_t>(function.attributes.at("arena_bytes")),
                                 std::get<int64_t>(function.attributes.at("arena_lower_bound")));
  for (const auto& op : function.body.ops()) {
    if (!op->is("fusion")) continue;
    const auto buffers = op->get<ir::Strings>("buffers");
    for (size_t r = 0; r < buffers.size(); ++r) {
      text += fmt::format("  {:<28} {:>10} bytes  {:<24} {}\n", buffers[r],
                          op->result(r)->type().bytes(), op->result(r)->type().to_string(),
                          op->location());
    }
  }
  return text;
}

}  // namespace kiln::passes
