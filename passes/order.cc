#include "passes/order.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace kiln::passes {
namespace {

class Scheduler {
 public:
  explicit Scheduler(ir::Function& function) : function_(function) {
    for (const auto& op : function.body.ops()) ops_.push_back(op.get());
    successors_.resize(ops_.size());
    waiting_for_.resize(ops_.size(), 0);
    for (size_t i = 0; i < ops_.size(); ++i) index_[ops_[i]] = i;
    for (size_t i = 0; i < ops_.size(); ++i) {
      for (const ir::Value* operand : ops_[i]->operands()) {
        if (operand->op() != nullptr) add_edge(index_.at(operand->op()), i);
        readers_[operand].insert(i);
      }
    }
    add_variable_edges();
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
    KILN_CHECK(chosen.size() == ops_.size(), "order: a cycle in {}", function_.name);
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

  /// Readers of a variable's old value before the writer of its new one.
  void add_variable_edges() {
    const auto& results = function_.body.results();
    for (size_t r = 0; r < results.size(); ++r) {
      const ir::Binding& binding = function_.result_bindings[r];
      if (!binding.is_variable || results[r]->op() == nullptr) continue;
      const ir::Value* old_value = function_.variable_argument(binding.name);
      if (old_value == nullptr) continue;
      const size_t writer = index_.at(results[r]->op());
      for (size_t reader : readers_[old_value]) {
        if (reader != writer && !reaches(writer, reader)) add_edge(reader, writer);
      }
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
    std::vector<std::unique_ptr<ir::Op>> ops = function_.body.take_ops();
    for (size_t i : chosen) function_.body.append(std::move(ops[i]));
  }

  ir::Function& function_;
  std::vector<ir::Op*> ops_;
  std::unordered_map<const ir::Op*, size_t> index_;
  std::vector<std::unordered_set<size_t>> successors_;
  std::vector<size_t> waiting_for_;
  std::unordered_map<const ir::Value*, std::unordered_set<size_t>>
      readers_;  // that have not run yet
};

}  // namespace

Status order(ir::Module& module) {
  for (auto& function : module.functions) Scheduler(*function).run();
  return ok();
}

}  // namespace kiln::passes
