#include "passes/memory/order.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "ir/scan.h"

namespace kiln::passes {
namespace {

using Updates = std::vector<std::pair<const ir::Value*, const ir::Value*>>;

class Scheduler {
 public:
  /// `updates`: pairs of an old value and the new one that should be written over it.
  Scheduler(ir::Region& region, const Updates& updates) : region_(region) {
    for (const auto& op : region.ops()) ops_.push_back(op.get());
    successors_.resize(ops_.size());
    waiting_for_.resize(ops_.size(), 0);
    for (size_t i = 0; i < ops_.size(); ++i) index_[ops_[i]] = i;
    for (size_t i = 0; i < ops_.size(); ++i) {
      for (const ir::Value* operand : ops_[i]->operands()) {
        if (operand->op() != nullptr) add_edge(index_.at(operand->op()), i);
        readers_[operand].insert(i);
      }
    }
    add_update_edges(updates);
  }

  void run() {
    std::vector<size_t> chosen;
    std::vector<size_t> ready;
    for (size_t i = 0; i < ops_.size(); ++i) {
      if (waiting_for_[i] == 0) ready.push_back(i);
    }
    while (!ready.empty()) {
      const auto best = std::min_element(ready.begin(), ready.end(), [&](size_t a, size_t b) {
        return std::pair(growth(a), a) < std::pair(growth(b), b);
      });
      const size_t next = *best;
      ready.erase(best);
      chosen.push_back(next);
      place(next, ready);
    }
    KILN_CHECK(chosen.size() == ops_.size(), "order: a cycle");
    apply(chosen);
  }

 private:
  void add_edge(size_t from, size_t to) {
    if (successors_[from].insert(to).second) ++waiting_for_[to];
  }

  bool reaches(size_t from, size_t to) const {
    std::vector<size_t> stack = {from};
    std::unordered_set<size_t> seen;
    while (!stack.empty()) {
      const size_t at = stack.back();
      stack.pop_back();
      if (at == to) return true;
      if (!seen.insert(at).second) continue;
      stack.insert(stack.end(), successors_[at].begin(), successors_[at].end());
    }
    return false;
  }

  /// Readers of an old value before the writer of the new one.
  void add_update_edges(const Updates& updates) {
    for (const auto& [old_value, new_value] : updates) {
      if (old_value == nullptr || new_value->op() == nullptr) continue;
      add_reader_edges(old_value, index_.at(new_value->op()));
    }
  }

  /// What reads a view (a reshape) of the old value reads the old value, too.
  void add_reader_edges(const ir::Value* old_value, size_t writer) {
    for (size_t reader : readers_[old_value]) {
      if (reader == writer) continue;
      if (!reaches(writer, reader)) add_edge(reader, writer);
      if (ops_[reader]->is("reshape")) add_reader_edges(ops_[reader]->result(), writer);
    }
  }

  /// Bytes that become live by running an op, less those that die.
  int64_t growth(size_t i) const {
    int64_t bytes = 0;
    for (size_t r = 0; r < ops_[i]->result_count(); ++r)
      bytes += ops_[i]->result(r)->type().bytes();
    std::unordered_set<const ir::Value*> seen;
    for (const ir::Value* operand : ops_[i]->operands()) {
      if (operand->is_argument() || !seen.insert(operand).second) continue;
      if (readers_.at(operand).size() == 1) bytes -= operand->type().bytes();
    }
    return bytes;
  }

  void place(size_t i, std::vector<size_t>& ready) {
    for (const ir::Value* operand : ops_[i]->operands()) readers_.at(operand).erase(i);
    for (size_t next : successors_[i]) {
      if (--waiting_for_[next] == 0) ready.push_back(next);
    }
  }

  void apply(const std::vector<size_t>& chosen) {
    std::vector<std::unique_ptr<ir::Op>> ops = region_.take_ops();
    for (size_t i : chosen) region_.append(std::move(ops[i]));
  }

  ir::Region& region_;
  std::vector<ir::Op*> ops_;
  std::unordered_map<const ir::Op*, size_t> index_;
  std::vector<std::unordered_set<size_t>> successors_;
  std::vector<size_t> waiting_for_;
  std::unordered_map<const ir::Value*, std::unordered_set<size_t>>
      readers_;  // that have not run yet
};

Updates variable_updates(const ir::Function& function) {
  Updates updates;
  for (size_t r = 0; r < function.body.results().size(); ++r) {
    const ir::Binding& binding = function.result_bindings[r];
    if (binding.is_variable)
      updates.emplace_back(function.variable_argument(binding.name), function.body.results()[r]);
  }
  return updates;
}

Updates carry_updates(const ir::Op& scan) {
  Updates updates;
  for (size_t i = 0; i < parts_of(scan).carries; ++i)
    updates.emplace_back(scan.region().argument(i), scan.region().results()[i]);
  return updates;
}

void order_region(ir::Region& region, const Updates& updates) {
  for (const auto& op : region.ops()) {
    if (op->is("scan")) order_region(op->region(), carry_updates(*op));
  }
  Scheduler(region, updates).run();
}

}  // namespace

Status order(ir::Module& module) {
  for (auto& function : module.functions) order_region(function->body, variable_updates(*function));
  return ok();
}

}  // namespace kiln::passes
