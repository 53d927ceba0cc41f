#include "ir/op.h"

#include <algorithm>

#include "ir/ops/definition.h"

namespace kiln::ir {

Op::Op(const OpDefinition& definition, std::vector<Value*> operands, Attributes attributes,
       Location location)
    : definition_(&definition),
      operands_(std::move(operands)),
      attributes_(std::move(attributes)),
      location_(std::move(location)) {}

Op::~Op() = default;

std::string_view Op::name() const { return definition_->name; }

bool Op::is(OpClass op_class) const { return definition_->op_class == op_class; }

void Op::add_result(Type type) {
  const int index = static_cast<int>(results_.size());
  results_.push_back(std::make_unique<Value>(std::move(type), this, nullptr, index));
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

void Region::replace_uses(const Value* from, Value* to) {
  for (auto& op : ops_) {
    for (size_t i = 0; i < op->operands().size(); ++i) {
      if (op->operand(i) == from) op->set_operand(i, to);
    }
  }
  std::replace(results_.begin(), results_.end(), const_cast<Value*>(from), to);
}

}  // namespace kiln::ir
