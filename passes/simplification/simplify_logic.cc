// Identities of choices, bits and conversions.
#include "passes/constants.h"
#include "passes/simplification/simplify_identities.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::Op;
using ir::Tensor;
using ir::Value;

Value* operand_of(const Value* value, std::string_view op) {
  return value->op() && value->op()->is(op) ? value->op()->operand(0) : nullptr;
}

Tensor simplify_select(const Op& op, Builder& builder) {
  Value* predicate = op.operand(0);
  Value* on_true = op.operand(1);
  Value* on_false = op.operand(2);
  if (on_true == on_false) return builder.wrap(on_true);
  if (const auto known = splat_of(predicate)) return builder.wrap(*known != 0 ? on_true : on_false);
  if (Value* opposite = operand_of(predicate, "not")) {
    return select(builder.wrap(opposite), builder.wrap(on_false), builder.wrap(on_true));
  }
  if (on_true->type().element != ElementType::i1) return {};
  if (is_splat(on_true, 1) && is_splat(on_false, 0)) return builder.wrap(predicate);
  if (is_splat(on_true, 0) && is_splat(on_false, 1)) return logical_not(builder.wrap(predicate));
  return {};
}

/// And, or: idempotent, with a neutral and an absorbing element.
Tensor simplify_and_or(const Op& op, Builder& builder) {
  if (op.operand(0) == op.operand(1)) return builder.wrap(op.operand(0));
  const double ones = op.operand(0)->type().element == ElementType::i1 ? 1 : -1;
  const double neutral = op.is("and") ? ones : 0;
  const double absorbing = op.is("and") ? 0 : ones;
  for (size_t i : {0, 1}) {
    if (is_splat(op.operand(i), neutral)) return builder.wrap(op.operand(1 - i));
    if (is_splat(op.operand(i), absorbing)) return builder.wrap(op.operand(i));
  }
  return {};
}

int bits_of(ElementType element) {
  return element == ElementType::i1 ? 1 : static_cast<int>(8 * size_of(element));
}

/// Bits of an integer's magnitude.
int magnitude_bits(ElementType integer) {
  const bool is_unsigned = integer == ElementType::u8 || integer == ElementType::i1;
  return bits_of(integer) - (is_unsigned ? 0 : 1);
}

/// Bits of significand of a float, the hidden one included.
int significand_bits(ElementType element) {
  switch (element) {
    case ElementType::f64:
      return 53;
    case ElementType::f32:
      return 24;
    case ElementType::f16:
      return 11;
    default:
      return 8;
  }
}

/// Whether every number of one type is one of the other.
bool holds_all(ElementType wide, ElementType narrow) {
  if (wide == narrow) return true;
  if (is_float(narrow)) return bits_of(narrow) < bits_of(wide) && is_float(wide);
  if (is_float(wide)) return magnitude_bits(narrow) <= significand_bits(wide);
  const bool signs_fit = wide != ElementType::u8 || narrow == ElementType::i1;
  return signs_fit && wide != ElementType::i1 && magnitude_bits(narrow) <= magnitude_bits(wide);
}

/// A detour over a type that holds all numbers is no detour.
Tensor simplify_convert(const Op& op, Builder& builder) {
  Value* from = op.operand(0);
  const ElementType to = op.result()->type().element;
  if (from->type().element == to) return builder.wrap(from);
  Value* origin = operand_of(from, "convert");
  if (origin == nullptr || !holds_all(from->type().element, origin->type().element)) return {};
  return convert(builder.wrap(origin), to);
}

}  // namespace

Tensor simplify_logic(const Op& op, Builder& builder) {
  if (op.is("select")) return simplify_select(op, builder);
  if (op.is("and") || op.is("or")) return simplify_and_or(op, builder);
  if (op.is("convert")) return simplify_convert(op, builder);
  if (op.is("not") && operand_of(op.operand(0), "not"))
    return builder.wrap(operand_of(op.operand(0), "not"));
  if (op.is("xor") && op.operand(0) == op.operand(1))
    return builder.constant(0, op.result()->type());
  return {};
}

}  // namespace kiln::passes
