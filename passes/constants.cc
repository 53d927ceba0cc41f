#include "passes/constants.h"

#include <cmath>

#include "ir/ops/definition.h"

namespace kiln::passes {

const ir::Literal* constant_of(const ir::Value* value) {
  const ir::Op* op = value->op();
  return op != nullptr && op->is("constant") ? &op->get<ir::Literal>("value") : nullptr;
}

std::optional<double> splat_of(const ir::Value* value) {
  const ir::Literal* literal = constant_of(value);
  if (literal == nullptr || !(literal->is_splat() || literal->type().count() == 1)) return {};
  return literal->get(0);
}

bool is_splat(const ir::Value* value, double number) {
  const std::optional<double> splat = splat_of(value);
  return splat && *splat == number && std::signbit(*splat) == std::signbit(number);
}

bool never_negative_zero(const ir::Value* value) {
  const ir::Op* op = value->op();
  if (!is_float(value->type().element)) return true;
  if (op == nullptr) return false;
  if (const auto splat = splat_of(value)) return !(*splat == 0 && std::signbit(*splat));
  if (op->is("convert")) return !is_float(op->operand(0)->type().element);
  const bool square = op->is("multiply") && op->operand(0) == op->operand(1);
  return square || op->definition().facts.never_negative_zero;
}

}  // namespace kiln::passes
