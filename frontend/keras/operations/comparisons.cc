// Comparisons, which give truth values, and logic on them.
#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// Whether |a - b| <= atol + rtol |b|; infinities are close to themselves.
Tensor is_close(Tensor a, Tensor b, double rtol, double atol, bool equal_nan) {
  const Tensor near = logical_and(compare(abs(a - b), "LE", abs(b) * rtol + atol),
                                  logical_and(is_finite(a), is_finite(b)));
  const Tensor close = logical_or(near, compare(a, "EQ", b));
  if (!equal_nan) return close;
  return logical_or(close, logical_and(compare(a, "NE", a), compare(b, "NE", b)));
}

Diagnostic for_integers() { return {"", "takes integers and truth values", ""}; }

}  // namespace

void add_comparisons(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Equal", "x1, x2", "x1 == x2", [](Pair x) { return compare(x.a, "EQ", x.b); });
  add("NotEqual", "x1, x2", "x1 != x2", [](Pair x) { return compare(x.a, "NE", x.b); });
  add("Less", "x1, x2", "x1 < x2", [](Pair x) { return compare(x.a, "LT", x.b); });
  add("LessEqual", "x1, x2", "x1 <= x2", [](Pair x) { return compare(x.a, "LE", x.b); });
  add("Greater", "x1, x2", "x1 > x2", [](Pair x) { return compare(x.a, "GT", x.b); });
  add("GreaterEqual", "x1, x2", "x1 >= x2", [](Pair x) { return compare(x.a, "GE", x.b); });
  add("LogicalAnd", "x1, x2", "whether both hold; of numbers, whether they are not 0",
      [](BoolPair x) { return logical_and(x.a, x.b); });
  add("LogicalOr", "x1, x2", "whether one holds", [](BoolPair x) { return logical_or(x.a, x.b); });
  add("LogicalXor", "x1, x2", "whether one holds, not both",
      [](BoolPair x) { return compare(x.a, "NE", x.b); });
  add("LogicalNot", "x", "whether it does not hold",
      [](Tensor x) { return logical_not(as_bool(x)); });
  add("Isclose", "x1, x2, rtol=1e-05, atol=1e-08; equal_nan=False",
      "whether |x1 - x2| <= atol + rtol |x2|",
      [](FloatPair x, double rtol, double atol, bool equal_nan) {
        return is_close(x.a, x.b, rtol, atol, equal_nan);
      });
  add("Select", "condlist, choicelist, default=0",
      "the choice whose condition is the first that holds",
      [](std::vector<Operand> conditions, std::vector<Operand> choices,
         Operand otherwise) -> Expected<Tensor> {
        if (conditions.size() != choices.size())
          return Diagnostic{"", "takes as many choices as conditions", ""};
        choices.push_back(otherwise);
        const std::vector<Tensor> values = promote(choices);
        Tensor result = values.back();
        for (size_t i = conditions.size(); i-- > 0;) {
          const Tensor condition = as_bool(conditions[i].tensor);
          KILN_ASSIGN(const ir::Shape both, common_shape(values[i].shape(), result.shape()));
          KILN_ASSIGN(const ir::Shape shape, common_shape(condition.shape(), both));
          KILN_TRY(check_size(shape));
          result = select(condition, values[i], result);
        }
        return result;
      });
  add("Where", "condition, x1=None, x2=None", "x1 where the condition holds, x2 elsewhere",
      [](Tensor condition, std::optional<Operand> x1,
         std::optional<Operand> x2) -> Expected<Tensor> {
        if (!x1 || !x2) {
          return Diagnostic{"", "without x1 and x2 gives as many results as the condition holds",
                            "kiln takes it with x1 and x2"};
        }
        KILN_ASSIGN(const Pair x, promote(*x1, *x2));
        KILN_ASSIGN(const ir::Shape values, common_shape(x.a.shape(), x.b.shape()));
        KILN_TRY(common_shape(condition.shape(), values));
        return select(as_bool(condition), x.a, x.b);
      });
  const auto bitwise_and = [](Pair x) -> Expected<Tensor> {
    if (is_float(x.a)) return for_integers();
    return logical_and(x.a, x.b);
  };
  const auto bitwise_or = [](Pair x) -> Expected<Tensor> {
    if (is_float(x.a)) return for_integers();
    return logical_or(x.a, x.b);
  };
  const auto bitwise_not = [](Tensor x) -> Expected<Tensor> {
    if (is_float(x)) return for_integers();
    return logical_not(x);
  };
  add("BitwiseAnd", "x, y", "bits of both", bitwise_and);
  add("BitwiseOr", "x, y", "bits of either", bitwise_or);
  add("BitwiseXor", "x, y", "bits of one, not both", [](Pair x) -> Expected<Tensor> {
    if (is_float(x.a)) return for_integers();
    return logical_and(logical_or(x.a, x.b), logical_not(logical_and(x.a, x.b)));
  });
  add("BitwiseNot", "x", "all bits turned", bitwise_not);
  add("BitwiseInvert", "x", "all bits turned", bitwise_not);
}

}  // namespace kiln::keras
