// Ops that carry regions.
#include "ir/ops/definition.h"
#include "ir/ops/errors.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

Expected<Types> infer_fusion(const Op& op, std::span<const Type>) {
  const Region& body = op.region();
  if (body.argument_count() != op.operands().size()) {
    return op_error(op, "{} operands for a region of {} arguments", op.operands().size(),
                    body.argument_count());
  }
  for (size_t i = 0; i < op.operands().size(); ++i) {
    if (body.argument(i)->type() != op.operand(i)->type()) {
      return op_error(op, "operand {} is {}, its region's argument {}", i,
                      op.operand(i)->type().to_string(), body.argument(i)->type().to_string());
    }
  }
  Types types;
  for (Value* value : body.results()) types.push_back(value->type());
  return types;
}

Expected<Types> infer_gradient(const Op& op, std::span<const Type>) {
  const Type& loss = op.operand(0)->type();
  if (loss.rank() != 0 || !is_float(loss.element)) {
    return op_error(op, "the value to differentiate must be a float scalar, not {}",
                    loss.to_string());
  }
  Types types;
  for (Value* value : op.operands().subspan(1)) {
    if (!is_float(value->type().element)) {
      return op_error(op, "no derivative with respect to {}", value->type().to_string());
    }
    types.push_back(value->type());
  }
  return types;
}

}  // namespace

void add_structured_ops(std::vector<OpDefinition>& ops) {
  ops.push_back(
      {"fusion",
       "what its region computes, as one kernel",
       OpClass::structured,
       0,
       -1,
       -1,
       1,
       {{"kind", Kind::string, true,
         "the schedule template: pointwise, reduction, contraction, serial"},
        {"buffers", Kind::strings, false, "where each result is written, once memory is planned"}},
       infer_fusion,
       nullptr});
  ops.push_back({"gradient",
                 "the first operand's derivative with respect to each other operand; "
                 "`differentiate` replaces it",
                 OpClass::structured,
                 1,
                 -1,
                 -1,
                 0,
                 {},
                 infer_gradient,
                 nullptr});
}

}  // namespace kiln::ir
