#include "tests/codegen/elementwise_cases.h"

#include <fmt/format.h>

#include <limits>

#include "ir/ops/definition.h"

namespace kiln::tests {
namespace {

using ir::ElementType;
using ir::Literal;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const std::vector<ElementType> kFloats = {ElementType::f32, ElementType::f64, ElementType::f16,
                                          ElementType::bf16};
const std::vector<ElementType> kIntegers = {ElementType::i8, ElementType::i16, ElementType::i32,
                                            ElementType::i64, ElementType::u8};

std::vector<ElementType> operator+(std::vector<ElementType> a, const std::vector<ElementType>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// An op's error in units of its element type's precision, and the finite operands it is tried on.
struct Row {
  std::string op;
  std::vector<ElementType> elements;
  double units = 0.5;
  double low = -6;
  double high = 6;
  bool awkward = true;  ///< also zeros, ties, large numbers
};

double precision(ElementType element) {
  switch (element) {
    case ElementType::f64:
      return 0x1p-52;
    case ElementType::f32:
      return 0x1p-23;
    case ElementType::f16:
      return 0x1p-10;
    case ElementType::bf16:
      return 0x1p-7;
    default:
      return 0;
  }
}

std::vector<double> awkward_floats() {
  std::vector<double> floats = {0.0,  -0.0,  1,      -1,   0.5,   -0.5, 1.5,  2.5,
                                -2.5, 1e-4,  -1e-4,  30,   -30,   88.5, 89.5, -86,
                                1000, 60000, -60000, 1e10, -1e10, 3e38, -3e38};
  floats.insert(floats.end(), {kInfinity, -kInfinity, kNaN});
  return floats;
}

/// Operand `which` of `operands`: all pairs of awkward numbers first, then random ones.
Literal operand(const Row& row, ElementType element, size_t which, size_t operands) {
  const auto floats = row.awkward ? awkward_floats() : std::vector<double>{};
  const std::vector<int64_t> integers = {0,        1,         -1,        2,         -2,
                                         3,        7,         -7,        100,       INT8_MAX,
                                         INT8_MIN, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
  const size_t special = ir::is_float(element) ? floats.size() : integers.size();
  const size_t combinations = operands == 1 ? special : special * special;
  const size_t count = (combinations + 37) / 16 * 16 + 3;  // not a multiple of any vector
  Literal literal =
      random_literal({element, {static_cast<int64_t>(count)}}, 1 + which, row.low, row.high);
  if (element == ElementType::i1) return literal;
  for (size_t i = 0; i < combinations; ++i) {
    const size_t at = which == 0 ? i % special : i / special;
    if (ir::is_float(element)) {
      literal.set(static_cast<int64_t>(i), floats[at]);
    } else {
      literal.set_int(static_cast<int64_t>(i), integers[at]);
    }
  }
  return literal;
}

FusionCase elementwise_case(const Row& row, ElementType element, const std::string& kind,
                            ir::Attributes attributes = {}) {
  const ir::OpDefinition& op = *ir::find_op(row.op);
  FusionCase result{.name = fmt::format("{}_{}", row.op, ir::name_of(element)),
                    .kind = kind,
                    .inputs = {},
                    .body = {}};
  for (int i = 0; i < op.min_operands; ++i) {
    result.inputs.push_back(
        operand(row, element, static_cast<size_t>(i), static_cast<size_t>(op.min_operands)));
  }
  result.body = [name = row.op, attributes](ir::Builder& builder,
                                            const std::vector<ir::Tensor>& x) {
    std::vector<ir::Value*> operands;
    for (const ir::Tensor& each : x) operands.push_back(each.value);
    return std::vector<ir::Tensor>{
        builder.wrap(builder.create(name, operands, attributes)->result())};
  };
  result.relative = 2 * row.units * precision(element);
  result.absolute = element == ElementType::f16 ? 1e-6 : 1e-37;
  return result;
}

std::vector<FusionCase> cases_of(const std::vector<Row>& rows, const std::string& kind) {
  std::vector<FusionCase> cases;
  for (const Row& row : rows) {
    for (ElementType element : row.elements) cases.push_back(elementwise_case(row, element, kind));
  }
  return cases;
}

}  // namespace

std::vector<FusionCase> arithmetic() {
  const auto numbers = kFloats + kIntegers;
  const std::vector<Row> rows = {
      {"add", numbers},
      {"subtract", numbers},
      {"multiply", numbers},
      {"divide", numbers, 1},
      {"negate", numbers},
      {"abs", numbers},
      {"sign", numbers},
      {"remainder", kIntegers},
      {"power", kIntegers},
      {"stop_gradient", kFloats},
      {"floor", kFloats},
      {"ceil", kFloats},
      {"round_nearest_even", kFloats},
      {"sqrt", kFloats, 1},
      {"rsqrt", kFloats, 2},
  };
  return cases_of(rows, "pointwise");
}

std::vector<FusionCase> extremes() {
  const auto all = kFloats + kIntegers + std::vector{ElementType::i1};
  auto cases = cases_of({{"maximum", all}, {"minimum", all}}, "pointwise");
  for (FusionCase& each : cases) each.any_zero = true;  // of 0 and -0 either is the extreme
  return cases;
}

std::vector<FusionCase> transcendental_functions() {
  const std::vector<Row> rows = {
      {"exponential", kFloats, 4},
      {"exponential_minus_one", kFloats, 4},
      {"log", kFloats, 4, 1e-3, 100},
      {"log_plus_one", kFloats, 6, -0.9, 100},
      {"cbrt", kFloats, 3},
      {"tanh", kFloats, 8},
      {"logistic", kFloats, 4},
      {"erf", {ElementType::f32, ElementType::f16, ElementType::bf16}, 8},
      {"sine", kFloats, 4},
      {"cosine", kFloats, 4},
      {"tan", kFloats, 5},
      {"power", kFloats, 16, 0.01, 8},
      {"remainder", kFloats, 4, 0.5, 8, false},
  };
  return cases_of(rows, "pointwise");
}

std::vector<FusionCase> logic() {
  const auto all = kIntegers + std::vector{ElementType::i1};
  return cases_of({{"and", all}, {"or", all}, {"xor", all}, {"not", all}, {"is_finite", kFloats}},
                  "serial");
}

std::vector<FusionCase> wrapped_signs() {
  using Function = ir::Tensor (*)(ir::Tensor, ir::Tensor);
  const std::pair<const char*, Function> functions[] = {
      {"sum", [](ir::Tensor a, ir::Tensor b) { return a + b; }},
      {"difference", [](ir::Tensor a, ir::Tensor b) { return a - b; }},
      {"product", [](ir::Tensor a, ir::Tensor b) { return a * b; }}};
  std::vector<FusionCase> cases;
  for (const auto& [name, function] : functions) {
    FusionCase each{.name = fmt::format("sign_of_{}_i64", name),
                    .kind = "pointwise",
                    .inputs = {operand({"multiply", {}}, ElementType::i64, 0, 1)},
                    .body = {}};
    each.body = [function](ir::Builder& builder, const std::vector<ir::Tensor>& x) {
      const auto large = builder.constant(Literal::splat_int(x[0].type(), -0x395b586ca42e166b));
      return std::vector{ir::compare(function(x[0], large), "LT", 0.0)};
    };
    cases.push_back(std::move(each));
  }
  return cases;
}

std::vector<FusionCase> comparisons() {
  std::vector<FusionCase> cases;
  for (const char* direction : {"EQ", "NE", "LT", "LE", "GT", "GE"}) {
    for (ElementType element : kFloats + kIntegers + std::vector{ElementType::i1}) {
      auto each = elementwise_case({"compare", {}}, element, "pointwise",
                                   {{"direction", std::string(direction)}});
      each.name += direction;
      cases.push_back(std::move(each));
    }
  }
  return cases;
}

std::vector<FusionCase> selects() {
  std::vector<FusionCase> cases;
  for (ElementType element : kFloats + kIntegers + std::vector{ElementType::i1}) {
    const Row row{"select", {}};
    FusionCase each{.name = fmt::format("select_{}", ir::name_of(element)),
                    .kind = "pointwise",
                    .inputs = {},
                    .body = {}};
    const Literal a = operand(row, element, 0, 2);
    each.inputs = {random_literal(a.type().with_element(ElementType::i1), 5), a,
                   operand(row, element, 1, 2)};
    each.body = [](ir::Builder&, const std::vector<ir::Tensor>& x) {
      return std::vector{ir::select(x[0], x[1], x[2])};
    };
    cases.push_back(std::move(each));
  }
  return cases;
}

std::vector<FusionCase> conversions() {
  std::vector<FusionCase> cases;
  const auto all = kFloats + kIntegers + std::vector{ElementType::i1};
  for (ElementType from : all) {
    for (ElementType to : all) {
      if (from == to) continue;
      FusionCase each{.name = fmt::format("{}_to_{}", ir::name_of(from), ir::name_of(to)),
                      .kind = "pointwise",
                      .inputs = {},
                      .body = {}};
      each.inputs = {operand({"convert", {}, 0, -300, 300, true}, from, 0, 1)};
      each.body = [to](ir::Builder&, const std::vector<ir::Tensor>& x) {
        return std::vector{ir::convert(x[0], to)};
      };
      cases.push_back(std::move(each));
    }
  }
  return cases;
}

}  // namespace kiln::tests
