#include "passes/constants.h"

#include <cmath>

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

}  // namespace kiln::passes
