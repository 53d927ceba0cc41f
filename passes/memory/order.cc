#include "passes/memory/order.h"

#include <set>
#include <unordered_map>

#include "ir/scan.h"
#include "passes/variable_arguments.h"

namespace kiln::passes {
namespace {

using Updates = std::vector<std::pair<const ir::Value*, const ir::Value*>>;

/// List scheduling: Graham, "Bounds on Multiprocessing Timing Anomalies" (1969), with the growth of
/// what is live as the priority.
class Scheduler {
 public:
  /// `updates`: pairs of an old value and the new one that should be written over it.
  Scheduler(ir::Region& region, const Updates& updates) : region_(region) {
    for (const auto& op : region.ops()) ops_.push_back(op.get());
    for (size_t i = 0; i < ops_.size(); ++i) index_[ops_[i]] = i;
    successors_.resize(ops_.size());
    waiting_for_.resize(ops_.size(), 0);
    seen_by_.resize(ops_.size(), 0);
    operands_.resize(ops_.size());
    for (size_t i = 0; i < ops_.size(); ++i) read_operands(i);
    add_update_edges(updates);
  }

  void run() {
    find_growths();
    std::vector<size_t> chosen;
    for (size_t i = 0; i < ops_.size(); ++i) {
      if (waiting_for_[i] == 0) ready_.emplace(growth_[i], i);
    }
    while (!ready_.empty()) {
      const size_t next = ready_.begin()->second;
      ready_.erase(ready_.begin());
      chosen.push_back(next);
      place(next);
    }
    KILN_CHECK(chosen.size() == ops_.size(), "order: a cycle");
    apply(chosen);
  }

 private:
  /// A value and the ops that read it and have not run yet.
  struct Read {
    const ir::Value* value;
    std::vector<size_t> readers;  ///< at first
    size_t waiting = 0;           ///< how many of them have not run yet
    size_t sum = 0;               ///< of their numbers: the number of the last that is left
  };

  void read_operands(size_t i) {
    for (const ir::Value* operand : ops_[i]->operands()) {
      const size_t read = read_.try_emplace(operand, reads_.size()).first->second;
      if (read == reads_.size()) reads_.push_back({operand, {}});
      if (!reads_[read].readers.empty() && reads_[read].readers.back() == i) continue;
      reads_[read].readers.push_back(i);
      ++reads_[read].waiting;
      reads_[read].sum += i;
      operands_[i].push_back(read);
      if (operand->op() != nullptr) add_edge(index_.at(operand->op()), i);
    }
  }

  /// An edge may be there twice: the op then waits for both.
  void add_edge(size_t from, size_t to) {
    successors_[from].push_back(to);
    ++waiting_for_[to];
  }

  bool reaches(size_t from, size_t to) {
    ++search_;
    std::vector<size_t> stack = {from};
    while (!stack.empty()) {
      const size_t at = stack.back();
      stack.pop_back();
      if (at == to) return true;
      if (std::exchange(seen_by_[at], search_) == search_) continue;
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
    const auto read = read_.find(old_value);
    if (read == read_.end()) return;
    for (size_t reader : reads_[read->second].readers) {
      if (reader == writer) continue;
      if (!reaches(writer, reader)) add_edge(reader, writer);
      if (ops_[reader]->is("reshape")) add_reader_edges(ops_[reader]->result(), writer);
    }
  }

  /// Bytes that become live by running each op, less those that die.
  void find_growths() {
    growth_.resize(ops_.size());
    for (size_t i = 0; i < ops_.size(); ++i) {
      for (size_t r = 0; r < ops_[i]->result_count(); ++r)
        growth_[i] += ops_[i]->result(r)->type().bytes();
    }
    for (const Read& read : reads_) {
      if (read.waiting == 1) growth_[read.sum] -= dying_bytes(*read.value);
    }
  }

  static int64_t dying_bytes(const ir::Value& value) {
    return value.is_argument() ? 0 : value.type().bytes();
  }

  /// What is left to be read by one op alone dies there.
  void place(size_t i) {
    for (size_t operand : operands_[i]) {
      Read& read = reads_[operand];
      read.sum -= i;
      if (--read.waiting != 1) continue;
      const bool is_ready = ready_.erase({growth_[read.sum], read.sum}) > 0;
      growth_[read.sum] -= dying_bytes(*read.value);
      if (is_ready) ready_.emplace(growth_[read.sum], read.sum);
    }
    for (size_t next : successors_[i]) {
      if (--waiting_for_[next] == 0) ready_.emplace(growth_[next], next);
    }
  }

  void apply(const std::vector<size_t>& chosen) {
    std::vector<std::unique_ptr<ir::Op>> ops = region_.take_ops();
    for (size_t i : chosen) region_.append(std::move(ops[i]));
  }

  ir::Region& region_;
  std::vector<ir::Op*> ops_;
  std::unordered_map<const ir::Op*, size_t> index_;
  std::vector<std::vector<size_t>> successors_;
  std::vector<size_t> waiting_for_;
  std::vector<Read> reads_;
  std::unordered_map<const ir::Value*, size_t> read_;  ///< which of them is of a value
  std::vector<std::vector<size_t>> operands_;          ///< of each op, as reads
  std::vector<int64_t> growth_;
  std::set<std::pair<int64_t, size_t>> ready_;  ///< ops that wait for nothing, by growth
  std::vector<size_t> seen_by_;                 ///< which search saw each op last
  size_t search_ = 0;
};

Updates variable_updates(const ir::Function& function) {
  const auto arguments = variable_arguments(function);
  Updates updates;
  for (size_t r = 0; r < function.body.results().size(); ++r) {
    const ir::Binding& binding = function.result_bindings[r];
    const auto argument = arguments.find(binding.name);
    if (binding.is_variable && argument != arguments.end())
      updates.emplace_back(argument->second, function.body.results()[r]);
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
