#include "ir/cloner.h"

namespace kiln::ir {

Value* Cloner::find(const Value* value) const {
  auto found = values_.find(value);
  return found == values_.end() ? nullptr : found->second;
}

Value* Cloner::at(const Value* value) const {
  Value* found = find(value);
  KILN_CHECK(found != nullptr, "nothing stands for {}",
             value->is_argument() ? "an argument" : value->op()->name());
  return found;
}

Op* Cloner::copy(const Op& op) {
  std::vector<Value*> operands;
  operands.reserve(op.operands().size());
  for (const Value* operand : op.operands()) operands.push_back(at(operand));
  Op* copy = copy_op(op, std::move(operands), to_);
  for (size_t i = 0; i < op.result_count(); ++i) map(op.result(i), copy->result(i));
  return copy;
}

Value* Cloner::copy_with_sources(const Value* value) {
  if (Value* known = find(value)) return known;
  KILN_CHECK(!value->is_argument(), "nothing stands for an argument");
  for (const Value* operand : value->op()->operands()) copy_with_sources(operand);
  copy(*value->op());
  return at(value);
}

Op* copy_op(const Op& op, std::vector<Value*> operands, Region& to) {
  Op* copy = to.append(
      std::make_unique<Op>(op.definition(), std::move(operands), op.attributes(), op.location()));
  for (size_t i = 0; i < op.result_count(); ++i) copy->add_result(op.result(i)->type());
  for (size_t i = 0; i < op.region_count(); ++i) copy_region(op.region(i), copy->add_region());
  return copy;
}

void copy_region(const Region& from, Region& to) {
  Cloner cloner(to);
  for (size_t i = 0; i < from.argument_count(); ++i)
    cloner.map(from.argument(i), to.add_argument(from.argument(i)->type()));
  for (const auto& op : from.ops()) cloner.copy(*op);
  std::vector<Value*> results;
  for (const Value* result : from.results()) results.push_back(cloner.at(result));
  to.set_results(std::move(results));
}

}  // namespace kiln::ir
