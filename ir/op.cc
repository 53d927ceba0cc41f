#include "ir/op.h"

#include <algorithm>
#include <unordered_set>

#include "ir/ops/definition.h"

namespace kiln::ir {

/// A place in an OperandList, linked into the list of the value that it names.
struct Use {
  OperandList* list = nullptr;
  Use* previous = nullptr;
  Use* next = nullptr;
};

Value::~Value() { replace_all_uses_with(nullptr); }

size_t Value::use_count() const {
  size_t count = 0;
  for (const Use* use = first_use_; use != nullptr; use = use->next) ++count;
  return count;
}

std::vector<Op*> Value::users() const {
  std::vector<Op*> users;
  std::unordered_set<const Op*> seen;
  for (const Use* use = first_use_; use != nullptr; use = use->next) {
    Op* user = use->list->user();
    if (user != nullptr && seen.insert(user).second) users.push_back(user);
  }
  return users;
}

bool Value::is_returned() const {
  for (const Use* use = first_use_; use != nullptr; use = use->next) {
    if (use->list->user() == nullptr) return true;
  }
  return false;
}

void Value::replace_all_uses_with(Value* other) {
  KILN_CHECK(other != this, "a value replaced by itself");
  while (first_use_ != nullptr) {
    OperandList& list = *first_use_->list;
    list.set(static_cast<size_t>(first_use_ - list.uses_.get()), other);
  }
}

OperandList::OperandList(Op* user, std::vector<Value*> values) : user_(user) {
  assign(std::move(values));
}

OperandList::~OperandList() { assign({}); }

void OperandList::set(size_t i, Value* value) {
  KILN_CHECK(i < values_.size(), "operand {} of {}", i, values_.size());
  unlink(i);
  values_[i] = value;
  link(i);
}

void OperandList::assign(std::vector<Value*> values) {
  for (size_t i = 0; i < values_.size(); ++i) unlink(i);
  uses_ = std::make_unique<Use[]>(values.size());
  values_ = std::move(values);
  for (size_t i = 0; i < values_.size(); ++i) link(i);
}

void OperandList::link(size_t i) {
  Value* value = values_[i];
  if (value == nullptr) return;
  Use& use = uses_[i];
  use = {this, value->last_use_, nullptr};
  (use.previous == nullptr ? value->first_use_ : use.previous->next) = &use;
  value->last_use_ = &use;
}

void OperandList::unlink(size_t i) {
  Value* value = values_[i];
  if (value == nullptr) return;
  const Use& use = uses_[i];
  (use.previous == nullptr ? value->first_use_ : use.previous->next) = use.next;
  (use.next == nullptr ? value->last_use_ : use.next->previous) = use.previous;
}

Op::Op(const OpDefinition& definition, std::vector<Value*> operands, Attributes attributes,
       Location location)
    : definition_(&definition),
      operands_(this, std::move(operands)),
      attributes_(std::move(attributes)),
      location_(std::move(location)) {}

Op::~Op() = default;

std::string_view Op::name() const { return definition_->name; }

bool Op::is(OpClass op_class) const { return definition_->op_class == op_class; }

void Op::add_result(Type type) {
  const int index = static_cast<int>(results_.size());
  results_.push_back(std::make_unique<Value>(std::move(type), this, nullptr, index));
}

void Op::remove_result(size_t i) {
  KILN_CHECK(!results_.at(i)->has_uses(), "{}: result {} is used", name(), i);
  results_.erase(results_.begin() + static_cast<std::ptrdiff_t>(i));
  for (size_t at = i; at < results_.size(); ++at) results_[at]->index_ = static_cast<int>(at);
}

bool Op::is_used() const {
  return std::any_of(results_.begin(), results_.end(),
                     [](const auto& result) { return result->has_uses(); });
}

Region& Op::add_region() {
  regions_.push_back(std::make_unique<Region>());
  return *regions_.back();
}

void Op::remove(std::string_view name) {
  if (auto found = attributes_.find(name); found != attributes_.end()) attributes_.erase(found);
}

Value* Region::add_argument(Type type) {
  const int index = static_cast<int>(arguments_.size());
  arguments_.push_back(std::make_unique<Value>(std::move(type), nullptr, this, index));
  return arguments_.back().get();
}

void Region::remove_argument(size_t i) {
  arguments_.erase(arguments_.begin() + static_cast<std::ptrdiff_t>(i));
  for (size_t at = i; at < arguments_.size(); ++at) arguments_[at]->index_ = static_cast<int>(at);
}

Op* Region::append(std::unique_ptr<Op> op) {
  ops_.push_back(std::move(op));
  return ops_.back().get();
}

std::vector<std::unique_ptr<Op>> Region::take_ops() { return std::exchange(ops_, {}); }

bool Region::erase_unused_ops(const std::function<void(Op&)>& visit) {
  const size_t before = ops_.size();
  for (size_t i = ops_.size(); i-- > 0;) {
    if (ops_[i]->is_used()) {
      visit(*ops_[i]);
    } else {
      ops_[i].reset();
    }
  }
  std::erase(ops_, nullptr);
  return ops_.size() != before;
}

void Region::remove_result(size_t i) {
  std::vector<Value*> results = this->results();
  results.erase(results.begin() + static_cast<std::ptrdiff_t>(i));
  set_results(std::move(results));
}

}  // namespace kiln::ir
