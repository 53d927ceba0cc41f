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
    return op_error(op, "{} operands for a region of {} arguments", op.operands().size(), body.argument_count());
  }
  for (size_t i = 0; i < op.operands().size(); ++i) {
    if (body.argument(i)->type() != op.operand(i)->type()) {
      return op_error(op, "operand {} is {}, its region's argument {}", i, op.operand(i)->type().to_string(),
                      body.argument(i)->type().to_string());
    }
  }
  Types types;
  for (Value* value : body.results()) types.push_back(value->type());
  return types;
}

}  // namespace

void add_structured_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"fusion", "what its region computes, as one kernel", OpClass::structured, 0, -1, -1, 1,
                 {{"kind", Kind::string, true, "the schedule template: pointwise, reduction, contraction, serial"},
                  {"buffers", Kind::strings, false, "where each result is written, once memory is planned"}},
                 infer_fusion, nullptr});
}

}  // namespace kiln::ir
