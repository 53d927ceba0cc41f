#include "passes/gradients/differentiate.h"

#include "ir/builder.h"
#include "passes/gradients/reverse_walk.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::Op;
using ir::Region;
using ir::Value;

/// The values to use in place of a `gradient` op's results, of the ops the region has so far.
Expected<std::vector<Value*>> gradient_values(Region& region, const Op& gradient) {
  Builder builder(region, gradient.location());
  Value* loss = gradient.operand(0);
  const auto operands = gradient.operands().subspan(1);
  KILN_ASSIGN(const auto adjoints, reverse_walk(builder, {operands.begin(), operands.end()},
                                                {{loss, builder.scalar(1, loss->type().element)}}));
  builder.set_location(gradient.location());
  std::vector<Value*> values;
  for (size_t i = 0; i < adjoints.size(); ++i) {
    values.push_back(adjoints[i] ? adjoints[i].value
                                 : builder.constant(0, operands[i]->type()).value);
  }
  return values;
}

/// Rebuilds the region op by op; what follows a `gradient` uses what replaced it.
Status differentiate(Region& region) {
  Status status = ok();
  for (std::unique_ptr<Op>& op : region.take_ops()) {
    for (size_t i = 0; status && i < op->region_count(); ++i) status = differentiate(op->region(i));
    if (!status || !op->is("gradient")) {
      region.append(std::move(op));
      continue;
    }
    auto values = gradient_values(region, *op);
    if (!values) {
      status = values.error();
      region.append(std::move(op));
      continue;
    }
    for (size_t i = 0; i < values->size(); ++i) op->result(i)->replace_all_uses_with((*values)[i]);
  }
  return status;
}

}  // namespace

Status differentiate(ir::Module& module) {
  for (const auto& function : module.functions) KILN_TRY(differentiate(function->body));
  return ok();
}

}  // namespace kiln::passes
