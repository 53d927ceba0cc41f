#include "passes/simplification/fold_constants.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "ir/ops/definition.h"
#include "passes/constants.h"
#include "passes/rewrite.h"

namespace kiln::passes {
namespace {

using ir::Literal;
using ir::Op;
using ir::OpClass;

/// One element for all where all are the same bits.
Literal compressed(const Literal& literal) {
  if (literal.is_splat() || literal.type().count() == 0) return literal;
  const auto& bytes = literal.bytes();
  const auto size = static_cast<size_t>(size_of(literal.type().element));
  if (!std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.end(), bytes.begin()))
    return literal;
  return Literal::from_bytes(literal.type(), true,
                             {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
}

std::optional<std::vector<Literal>> constant_operands(const Op& op) {
  std::vector<Literal> literals;
  for (const ir::Value* operand : op.operands()) {
    const Literal* literal = constant_of(operand);
    if (literal == nullptr) return {};
    literals.push_back(compressed(*literal));
  }
  return literals;
}

/// What evaluating the op costs: elements read or written, or operations where they are more.
int64_t steps(const Op& op) {
  int64_t count = operation_count(op);
  for (const ir::Value* operand : op.operands()) count = std::max(count, operand->type().count());
  return count;
}

/// An op on splats that gives a splat: computed on one element.
std::optional<Literal> fold_splats(const Op& op, std::span<const Literal> operands) {
  const bool all_splats =
      std::all_of(operands.begin(), operands.end(), [](const Literal& l) { return l.is_splat(); });
  if (!all_splats || operands.empty()) return {};
  const ir::Type& type = op.result()->type();
  if (op.is(OpClass::movement)) {
    const bool one_value = std::all_of(operands.begin(), operands.end(), [&](const Literal& l) {
      return l.bytes() == operands[0].bytes();
    });
    if (one_value) return Literal::from_bytes(type, true, operands[0].bytes());
    return {};
  }
  if (!op.is(OpClass::elementwise)) return {};
  std::vector<Literal> scalars;
  for (const Literal& operand : operands) {
    scalars.push_back(Literal::from_bytes({operand.type().element, {}}, true, operand.bytes()));
  }
  Literal result(type.with_shape({}));
  op.definition().evaluate(op, scalars, {&result, 1});
  return Literal::from_bytes(type, true, result.bytes());
}

std::optional<Literal> fold(const Op& op) {
  if (!op.is(OpClass::elementwise) && !op.is(OpClass::movement) && !op.is(OpClass::reduction) &&
      !op.is(OpClass::contraction)) {
    return {};
  }
  const auto operands = constant_operands(op);
  if (!operands) return {};
  if (auto splat = fold_splats(op, *operands)) return splat;
  if (op.result()->type().count() > kLargestFoldedConstant || steps(op) > kMostFoldingSteps)
    return {};
  Literal result(op.result()->type());
  op.definition().evaluate(op, *operands, {&result, 1});
  return compressed(result);
}

}  // namespace

bool fold_constants(ir::Region& region) {
  return rewrite_nested(region, [](const Op& op, ir::Builder& builder) -> std::vector<ir::Value*> {
    if (auto literal = fold(op)) return {builder.constant(std::move(*literal)).value};
    return {};
  });
}

}  // namespace kiln::passes
