#include "passes/fusion/collapse.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/fusion.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Op;
using ir::Value;

/// A tensor's dimensions by labels: those of one op's operands and results that run together have
/// one label.
struct Labelled {
  const Value* value;
  std::vector<int64_t> labels;
};

std::vector<int64_t> in_order(int64_t rank) {
  std::vector<int64_t> labels(static_cast<size_t>(rank));
  std::iota(labels.begin(), labels.end(), int64_t{0});
  return labels;
}

std::vector<Labelled> elementwise_labels(const Op& op) {
  std::vector<Labelled> tensors;
  for (const Value* operand : op.operands())
    tensors.push_back({operand, in_order(operand->type().rank())});
  tensors.push_back({op.result(), in_order(op.result()->type().rank())});
  return tensors;
}

/// Nothing where an operand's only element along a dimension is repeated.
std::optional<std::vector<Labelled>> broadcast_labels(const Op& op) {
  const ir::Type &from = op.operand(0)->type(), &to = op.result()->type();
  const auto& labels = op.get<Integers>("broadcast_dimensions");
  for (size_t d = 0; d < labels.size(); ++d)
    if (from.shape[d] != to.shape[static_cast<size_t>(labels[d])]) return {};
  return {{{op.operand(0), labels}, {op.result(), in_order(to.rank())}}};
}

std::vector<Labelled> reduce_labels(const Op& op) {
  std::vector<int64_t> all = in_order(op.operand(0)->type().rank()), kept = all;
  for (const int64_t reduced : op.get<Integers>("dimensions")) std::erase(kept, reduced);
  return {{op.operand(0), std::move(all)}, {op.result(), std::move(kept)}};
}

std::vector<Labelled> dot_labels(const Op& op) {
  const ir::DotGeneral dot = ir::DotGeneral::of(op);
  int64_t next = 0;
  std::vector<int64_t> lhs(op.operand(0)->type().shape.size()),
      rhs(op.operand(1)->type().shape.size()), result;
  const auto pair = [&](const Integers& left, const Integers& right) {
    for (size_t k = 0; k < left.size(); ++k)
      lhs[static_cast<size_t>(left[k])] = rhs[static_cast<size_t>(right[k])] = next++;
  };
  pair(dot.lhs_batching, dot.rhs_batching);
  for (const int64_t d : dot.lhs_batching) result.push_back(lhs[static_cast<size_t>(d)]);
  pair(dot.lhs_contracting, dot.rhs_contracting);
  const auto add_free = [&](std::vector<int64_t>& labels, const Integers& batching,
                            const Integers& contracting) {
    for (const int64_t d : ir::free_dimensions(std::ssize(labels), batching, contracting)) {
      labels[static_cast<size_t>(d)] = next;
      result.push_back(next++);
    }
  };
  add_free(lhs, dot.lhs_batching, dot.lhs_contracting);
  add_free(rhs, dot.rhs_batching, dot.rhs_contracting);
  return {{op.operand(0), std::move(lhs)},
          {op.operand(1), std::move(rhs)},
          {op.result(), std::move(result)}};
}

/// The labels of an op whose dimensions may be merged; nothing of another.
std::optional<std::vector<Labelled>> labels_of(const Op& op) {
  if (op.is("constant")) return std::vector<Labelled>();
  if (op.is("broadcast_in_dim")) return broadcast_labels(op);
  if (op.is("reduce")) return reduce_labels(op);
  if (op.is("dot_general")) return dot_labels(op);
  if (op.is("transpose")) {
    return std::vector<Labelled>{{op.operand(0), in_order(op.operand(0)->type().rank())},
                                 {op.result(), op.get<Integers>("permutation")}};
  }
  const bool is_plain =
      op.is(ir::OpClass::elementwise) && op.result_count() == 1 &&
      std::all_of(op.operands().begin(), op.operands().end(), [&](Value* operand) {
        return operand->type().shape == op.result()->type().shape;
      });
  if (is_plain) return elementwise_labels(op);
  return {};
}

/// The borders between neighbouring dimensions of a region's values. Borders that stand or fall
/// together are joined (union-find).
class Borders {
 public:
  explicit Borders(const ir::Region& region) {
    for (size_t i = 0; i < region.argument_count(); ++i) add(region.argument(i));
    for (const auto& op : region.ops()) {
      for (size_t i = 0; i < op->result_count(); ++i) add(op->result(i));
    }
    for (const auto& op : region.ops()) visit(*op);
    join_results(region.results());
  }

  /// The number of a dimension of a value once borders have fallen.
  int64_t number_of(const Value* value, int64_t dimension) const {
    int64_t number = 0;
    for (int64_t d = 0; d < dimension; ++d) number += stays(value, static_cast<size_t>(d)) ? 1 : 0;
    return number;
  }
  ir::Shape shape_of(const Value* value) const {
    const ir::Shape& shape = value->type().shape;
    ir::Shape merged(shape.empty() ? 0 : 1, 1);
    for (size_t d = 0; d < shape.size(); ++d) {
      merged.back() *= shape[d];
      if (d + 1 < shape.size() && stays(value, d)) merged.push_back(1);
    }
    return merged;
  }
  bool all_stay() const {
    for (size_t i = 0; i < joined_.size(); ++i)
      if (!stays_[root(i)]) return false;
    return true;
  }

 private:
  void add(const Value* value) {
    first_[value] = joined_.size();
    for (int64_t d = 0; d + 1 < value->type().rank(); ++d) {
      joined_.push_back(joined_.size());
      stays_.push_back(false);
    }
  }
  size_t root(size_t i) const {
    while (joined_[i] != i) i = joined_[i];
    return i;
  }
  size_t border(const Value* value, size_t d) const { return first_.at(value) + d; }
  bool stays(const Value* value, size_t d) const { return stays_[root(border(value, d))]; }
  void keep(const Value* value, size_t d) { stays_[root(border(value, d))] = true; }
  void keep_all(const Value* value) {
    for (size_t d = 0; d + 1 < value->type().shape.size(); ++d) keep(value, d);
  }
  void join(size_t a, size_t b) {
    a = root(a);
    b = root(b);
    stays_[a] = stays_[a] || stays_[b];
    joined_[b] = a;
  }

  void visit(const Op& op) {
    const auto tensors = labels_of(op);
    if (tensors) {
      for (const Labelled& tensor : *tensors) {
        for (const Labelled& other : *tensors) match(tensor, other);
      }
      return;
    }
    for (const Value* operand : op.operands()) keep_all(operand);
    for (size_t i = 0; i < op.result_count(); ++i) keep_all(op.result(i));
  }

  /// A border falls where each other tensor has both dimensions, one behind the other, or neither.
  void match(const Labelled& tensor, const Labelled& other) {
    const auto place = [&](int64_t label) { return std::ranges::find(other.labels, label); };
    for (size_t d = 0; d + 1 < tensor.labels.size(); ++d) {
      const auto first = place(tensor.labels[d]), second = place(tensor.labels[d + 1]);
      const auto end = other.labels.end();
      if (first == end && second == end) continue;
      if (first == end || second == end || second != first + 1) {
        keep(tensor.value, d);
      } else {
        join(border(tensor.value, d),
             border(other.value, static_cast<size_t>(first - other.labels.begin())));
      }
    }
  }

  /// A kernel's loops over results of one shape stay one.
  void join_results(const std::vector<Value*>& results) {
    for (const Value* a : results) {
      for (const Value* b : results) {
        if (a->type().shape != b->type().shape) continue;
        for (size_t d = 0; d + 1 < a->type().shape.size(); ++d) join(border(a, d), border(b, d));
      }
    }
  }

  std::unordered_map<const Value*, size_t> first_;  ///< of a value's borders
  std::vector<size_t> joined_;
  std::vector<bool> stays_;  ///< of the roots
};

/// The numbers of these dimensions of `value`, each once.
Integers numbers(const Borders& borders, const Value* value, const Integers& dimensions) {
  Integers result;
  for (const int64_t d : dimensions) {
    const int64_t number = borders.number_of(value, d);
    if (std::ranges::find(result, number) == result.end()) result.push_back(number);
  }
  return result;
}

/// Rewrites what an op says of dimensions.
void renumber(Op& op, const Borders& borders) {
  const auto set = [&](const char* attribute, const Value* value) {
    op.set(attribute, numbers(borders, value, op.get<Integers>(attribute)));
  };
  if (op.is("constant")) {
    op.set("value", op.get<ir::Literal>("value").reshaped(borders.shape_of(op.result())));
  } else if (op.is("broadcast_in_dim")) {
    set("broadcast_dimensions", op.result());
  } else if (op.is("reduce")) {
    set("dimensions", op.operand(0));
  } else if (op.is("transpose")) {
    set("permutation", op.operand(0));
  } else if (op.is("dot_general")) {
    set("lhs_batching", op.operand(0));
    set("rhs_batching", op.operand(1));
    set("lhs_contracting", op.operand(0));
    set("rhs_contracting", op.operand(1));
  }
}

void collapse_kernel(ir::Region& region, const Op& root) {
  const Borders borders(region);
  // Its rows and columns remain, also where it has one of them alone.
  if (borders.all_stay() || borders.shape_of(root.result()).size() < 2) return;
  std::vector<std::pair<Value*, ir::Shape>> shapes;
  const auto add = [&](Value* value) { shapes.emplace_back(value, borders.shape_of(value)); };
  for (size_t i = 0; i < region.argument_count(); ++i) add(region.argument(i));
  for (const auto& op : region.ops()) {
    renumber(*op, borders);
    for (size_t i = 0; i < op->result_count(); ++i) add(op->result(i));
  }
  for (auto& [value, shape] : shapes) value->set_type({value->type().element, std::move(shape)});
}

void collapse_region(const ir::Region& region) {
  for (const auto& op : region.ops()) {
    if (op->is("scan")) collapse_region(op->region());
    if (!op->is("fusion") || ir::kind_of(*op) != ir::FusionKind::contraction) continue;
    collapse_kernel(op->region(), ir::root_of(ir::FusionKind::contraction, op->region()));
  }
}

}  // namespace

Status collapse(ir::Module& module) {
  for (auto& function : module.functions) collapse_region(function->body);
  return ok();
}

}  // namespace kiln::passes
