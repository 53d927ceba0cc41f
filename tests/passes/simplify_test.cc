#include "passes/simplification/simplify.h"

#include <cmath>

#include "ir/ops/definition.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/simplification/eliminate_dead_code.h"
#include "tests/passes/evaluation.h"

namespace kiln::passes {
namespace {

using ir::Binding;
using ir::ElementType;
using ir::Literal;
using ir::Shape;
using ir::Tensor;
using ir::Type;
using Tensors = std::vector<Tensor>;

void simplify_checked(ir::Module& module) {
  ASSERT_TRUE(simplify(module));
  const Status valid = ir::verify(module);
  ASSERT_TRUE(valid) << valid.error().to_string() << "\n" << ir::print(module);
}

/// A formula of one argument, and the ops that are left of it.
struct Case {
  std::string formula;  ///< as its name
  Type type;
  std::function<Tensor(Tensor x)> build;
  std::string ops;  ///< names, in order
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.formula; }

Type f32(Shape shape) { return {ElementType::f32, std::move(shape)}; }
Type i32(Shape shape) { return {ElementType::i32, std::move(shape)}; }
Type i1(Shape shape) { return {ElementType::i1, std::move(shape)}; }
Tensor like(Tensor x, double value) { return x.builder->constant(value, x.type()); }

std::vector<Case> arithmetic_cases() {
  const Type f = f32({12});
  const Type i = i32({12});
  return {
      {"x + 0, which turns -0 into 0", f, [](Tensor x) { return x + 0; }, "constant add"},
      {"x + -0", f, [](Tensor x) { return x + -0.0; }, ""},
      {"0 + exp x", f, [](Tensor x) { return 0 + exp(x); }, "exponential"},
      {"integer x + 0", i, [](Tensor x) { return 0 + x; }, ""},
      {"x - 0", f, [](Tensor x) { return x - 0; }, ""},
      {"0 - x, which turns 0 into 0", f, [](Tensor x) { return 0 - x; }, "constant subtract"},
      {"-0 - x", f, [](Tensor x) { return -0.0 - x; }, "negate"},
      {"integer 0 - x", i, [](Tensor x) { return 0 - x; }, "negate"},
      {"x - x", f, [](Tensor x) { return x - x; }, "subtract"},
      {"integer x - x", i, [](Tensor x) { return x - x; }, "constant"},
      {"x - -y", f, [](Tensor x) { return x - (-exp(x)); }, "exponential add"},
      {"x + -y", f, [](Tensor x) { return x + (-exp(x)); }, "exponential subtract"},
      {"-y + x", f, [](Tensor x) { return -exp(x) + x; }, "exponential subtract"},
      {"x * 1", f, [](Tensor x) { return 1 * x; }, ""},
      {"x * -1", f, [](Tensor x) { return x * -1; }, "negate"},
      {"x * 0", f, [](Tensor x) { return x * 0; }, "constant multiply"},
      {"integer x * 0", i, [](Tensor x) { return x * 0; }, "constant"},
      {"-x * -y", f, [](Tensor x) { return -x * -exp(x); }, "exponential multiply"},
      {"x / 1", f, [](Tensor x) { return x / 1; }, ""},
      {"x / 4", f, [](Tensor x) { return x / 4; }, "constant multiply"},
      {"x / 3", f, [](Tensor x) { return x / 3; }, "constant divide"},
      {"integer x / 4", i, [](Tensor x) { return x / 4; }, "constant divide"},
      {"x ^ 0", f, [](Tensor x) { return power(x, 0.0); }, "constant"},
      {"x ^ 1", f, [](Tensor x) { return power(x, 1.0); }, ""},
      {"x ^ 2", f, [](Tensor x) { return power(x, 2.0); }, "multiply"},
      {"x ^ -1", f, [](Tensor x) { return power(x, -1.0); }, "constant divide"},
      {"x ^ 3", f, [](Tensor x) { return power(x, 3.0); }, "constant power"},
      {"--x", f, [](Tensor x) { return -(-x); }, ""},
      {"max(x, x)", f, [](Tensor x) { return maximum(x, x); }, ""},
  };
}

std::vector<Case> logic_cases() {
  const Type f = f32({12});
  const Type p = i1({12});
  using E = ElementType;
  return {
      {"select of equals", f, [](Tensor x) { return select(compare(x, "GT", 0), x, x); }, ""},
      {"select by true", f,
       [](Tensor x) { return select(x.builder->constant(1, i1({12})), x, -x); }, ""},
      {"select by false", f,
       [](Tensor x) { return select(x.builder->constant(0, i1({12})), x, -x); }, "negate"},
      {"select by not", p, [](Tensor p) { return select(logical_not(p), like(p, 1), p); },
       "constant select"},
      {"select true, false", p, [](Tensor p) { return select(p, like(p, 1), like(p, 0)); }, ""},
      {"select false, true", p, [](Tensor p) { return select(p, like(p, 0), like(p, 1)); }, "not"},
      {"and true", p, [](Tensor p) { return logical_and(like(p, 1), p); }, ""},
      {"and false", p, [](Tensor p) { return logical_and(p, like(p, 0)); }, "constant"},
      {"or true", p, [](Tensor p) { return logical_or(p, like(p, 1)); }, "constant"},
      {"or false", p, [](Tensor p) { return logical_or(p, like(p, 0)); }, ""},
      {"and all bits", i32({12}), [](Tensor x) { return logical_and(x, like(x, -1)); }, ""},
      {"and one bit", i32({12}), [](Tensor x) { return logical_and(x, like(x, 1)); },
       "constant and"},
      {"and itself", p, [](Tensor p) { return logical_and(p, p); }, ""},
      {"not not", p, [](Tensor p) { return logical_not(logical_not(p)); }, ""},
      {"convert there and back", f, [](Tensor x) { return convert(convert(x, E::f64), E::f32); },
       ""},
      {"convert over a wider type", f, [](Tensor x) { return convert(convert(x, E::f64), E::f16); },
       "convert"},
      {"convert over a narrower type", f,
       [](Tensor x) { return convert(convert(x, E::f16), E::f32); }, "convert convert"},
      {"convert an integer through a float that holds it", i32({12}),
       [](Tensor x) { return convert(convert(x, E::f64), E::i64); }, "convert"},
      {"convert an integer through a float that does not", i32({12}),
       [](Tensor x) { return convert(convert(x, E::f32), E::i64); }, "convert convert"},
  };
}

std::vector<Case> movement_cases() {
  const Type f = f32({2, 6});
  return {
      {"reshape to the same", f,
       [](Tensor x) {
         return reshape(reshape(x, {12}), {2, 6});
       },
       ""},
      {"reshape twice", f,
       [](Tensor x) {
         return reshape(reshape(x, {12}), {3, 4});
       },
       "reshape"},
      {"transpose twice", f,
       [](Tensor x) {
         return transpose(transpose(x, {1, 0}), {1, 0});
       },
       ""},
      {"transpose composed", f32({2, 3, 2}),
       [](Tensor x) {
         return transpose(transpose(x, {1, 2, 0}), {1, 2, 0});
       },
       "transpose"},
      {"transpose of one row", f32({1, 12}),
       [](Tensor x) {
         return transpose(x, {1, 0});
       },
       "reshape"},
      {"broadcast to the same", f,
       [](Tensor x) {
         return broadcast_in_dim(x, {2, 6}, {0, 1});
       },
       ""},
      {"broadcast that repeats nothing", f,
       [](Tensor x) {
         return broadcast_in_dim(x, {2, 1, 6}, {0, 2});
       },
       "reshape"},
      {"broadcast twice", f32({12}),
       [](Tensor x) {
         return broadcast_in_dim(broadcast_in_dim(x, {3, 12}, {1}), {12, 2, 3}, {2, 0});
       },
       "broadcast_in_dim"},
      {"broadcast of a reshape that adds a dimension", f,
       [](Tensor x) {
         return broadcast_in_dim(reshape(x, {2, 1, 6}), {2, 3, 6}, {0, 1, 2});
       },
       "broadcast_in_dim"},
      {"broadcast of another reshape", f,
       [](Tensor x) {
         return broadcast_in_dim(reshape(x, {6, 2}), {3, 6, 2}, {1, 2});
       },
       "reshape broadcast_in_dim"},
      {"slice of everything", f,
       [](Tensor x) {
         return slice(x, {0, 0}, {2, 6});
       },
       ""},
      {"slice twice", f,
       [](Tensor x) {
         return slice(slice(x, {0, 1}, {2, 6}, {1, 2}), {1, 1}, {2, 3});
       },
       "slice"},
      {"reverse twice", f,
       [](Tensor x) {
         return reverse(reverse(x, {0, 1}), {1, 0});
       },
       ""},
      {"reverse partly undone", f,
       [](Tensor x) {
         return reverse(reverse(x, {0, 1}), {0});
       },
       "reverse"},
      {"reverse of one element", f32({1, 12}), [](Tensor x) { return reverse(x, {0}); }, ""},
      {"concatenate one", f, [](Tensor x) { return ir::concatenate({x}, 0); }, ""},
      {"concatenate with nothing", f,
       [](Tensor x) {
         return ir::concatenate({slice(x, {0, 0}, {0, 6}), x}, 0);
       },
       ""},
      {"concatenate empty rows", f32({12}),
       [](Tensor x) {
         const Tensor none = reshape(slice(x, {0}, {0}), {3, 0});
         return sum(ir::concatenate({none, none}, 0), {1});
       },
       "slice reshape concatenate reduce"},
      {"pad by nothing", f,
       [](Tensor x) {
         return pad(x, 0, {0, 0}, {0, 0});
       },
       ""},
      {"pad by as much as it crops", f,
       [](Tensor x) {
         return pad(x, 0, {1, 0}, {-1, 0});
       },
       "constant pad"},
  };
}

std::vector<Case> contraction_cases() {
  const Type f = f32({2, 6});
  return {
      {"reduce over nothing", f, [](Tensor x) { return reduce(x, "maximum", {}); }, ""},
      {"reduce over one", f32({12, 1}), [](Tensor x) { return reduce(x, "maximum", {1}); },
       "reshape"},
      {"sum over one, which may be -0", f32({12, 1}), [](Tensor x) { return sum(x, {1}); },
       "reshape constant add"},
      {"sum over one, which is not -0", f32({12, 1}), [](Tensor x) { return sum(exp(x), {1}); },
       "exponential reshape"},
      {"product over one", f32({12, 1}), [](Tensor x) { return reduce(x, "multiply", {1}); },
       "reshape"},
      {"dot of a transpose", f,
       [](Tensor x) {
         return dot(x, transpose(x, {1, 0}));
       },
       "dot_general"},
      {"dot of a transpose that shows", f32({2, 3, 2}),
       [](Tensor x) {
         return ir::dot_general(transpose(x, {2, 0, 1}), x, {{}, {}, {2}, {1}});
       },
       "transpose dot_general"},
  };
}

std::vector<Case> folding_cases() {
  const Type f = f32({2, 6});
  return {
      {"splat of splats", f, [](Tensor x) { return exp(like(x, 0) + like(x, 1)) * x; },
       "constant multiply"},
      {"broadcast of a constant", f, [](Tensor x) { return x.builder->scalar(3) * x; },
       "constant multiply"},
      {"shape of an integer sum", f,
       [](Tensor x) {
         return convert(sum(x.builder->constant(1, i32({4}))), ElementType::f32) * x;
       },
       "constant multiply"},
      {"common subexpressions", f, [](Tensor x) { return exp(x) * exp(x); },
       "exponential multiply"},
      {"commuted subexpressions", f, [](Tensor x) { return (x + exp(x)) * (exp(x) + x); },
       "exponential add multiply"},
      {"not commuted where order matters", f, [](Tensor x) { return (x - exp(x)) * (exp(x) - x); },
       "exponential subtract subtract multiply"},
      {"equal constants", f, [](Tensor x) { return maximum(minimum(x, 2.0), like(x, 2)); },
       "constant minimum maximum"},
      {"different attributes", f,
       [](Tensor x) { return logical_and(compare(x, "GT", 1), compare(x, "LT", 1)); },
       "constant compare compare and"},
  };
}

/// Numbers where a careless identity shows, then random ones.
Literal difficult(const Type& type) {
  const double inf = HUGE_VAL;
  std::mt19937_64 random(7);
  Literal literal = is_float(type.element) ? random_literal(type, -2, 2, random)
                                           : random_literal(type, -100, 100, random);
  if (type.element == ElementType::i1) return random_literal(type, -1, 1, random);
  const std::vector<double> special =
      is_float(type.element)
          ? std::vector<double>{0, -0.0, inf, -inf, std::nan(""), 1e-42, -1e-42, 3e38}
          : std::vector<double>{0, -1, -2147483648.0, 2147483647.0};
  for (size_t i = 0; i < special.size(); ++i) literal.set(static_cast<int64_t>(i), special[i]);
  return literal;
}

class Simplify : public ::testing::TestWithParam<Case> {};

TEST_P(Simplify, LeavesTheseOpsAndTheSameBits) {
  const Case& c = GetParam();
  ir::Module module =
      module_of({c.type}, [&](ir::Builder&, const Tensors& x) { return Tensors{c.build(x[0])}; });
  const Literal x = difficult(c.type);
  const Literal before = evaluate(module, {x})[0];
  simplify_checked(module);
  EXPECT_EQ(op_names(module), c.ops) << ir::print(module);
  EXPECT_TRUE(same_bits(before, evaluate(module, {x})[0])) << ir::print(module);
}

std::string test_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name = fmt::format("{}_", info.index);
  for (char c : info.param.formula) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Arithmetic, Simplify, ::testing::ValuesIn(arithmetic_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Logic, Simplify, ::testing::ValuesIn(logic_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Movement, Simplify, ::testing::ValuesIn(movement_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Contraction, Simplify, ::testing::ValuesIn(contraction_cases()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Folding, Simplify, ::testing::ValuesIn(folding_cases()), test_name);

TEST(FoldConstants, LargeConstantsAreNotSpelledOut) {
  const Type large = f32({1024, 1024});
  ir::Module module = module_of({large}, [&](ir::Builder& builder, const Tensors& x) {
    const Tensor row = builder.constant(Literal::from_values(f32({2}), {1, 2}));
    const Tensor rows = reshape(broadcast_in_dim(row, {512, 1024, 2}, {2}), {1024, 1024});
    return Tensors{x[0] * rows * exp(builder.constant(2, large))};
  });
  simplify_checked(module);
  for (const auto& op : module.function("main")->body.ops()) {
    if (!op->is("constant")) continue;
    EXPECT_LE(op->get<Literal>("value").bytes().size(), 64u);
  }
  EXPECT_EQ(count_ops(module, "exponential"), 0);
}

TEST(FoldConstants, RandomBitsStayAnOp) {
  ir::Module module = module_of({}, [](ir::Builder& builder, const Tensors&) {
    return Tensors{rng_bit_generator(builder.constant(1, {ElementType::i64, {2}}), {4}).bits};
  });
  simplify_checked(module);
  EXPECT_EQ(count_ops(module, "rng_bit_generator"), 1);
}

TEST(EliminateDeadCode, AtTheFunctionsBorder) {
  ir::Module module;
  for (const char* name : {"used", "unused", "unchanged", "swapped"}) {
    module.variables.push_back({name, f32({2}), ir::Role::trainable, {}, ""});
  }
  ir::Function& function = module.add_function("main");
  ir::Value* input = function.add_argument(f32({3}), Binding::plain("input"));
  ir::Value* used = function.add_argument(f32({2}), Binding::variable("used"));
  function.add_argument(f32({2}), Binding::variable("unused"));
  ir::Value* unchanged = function.add_argument(f32({2}), Binding::variable("unchanged"));
  ir::Builder builder(function.body);
  exp(builder.wrap(input));
  function.add_result(unchanged, Binding::variable("unchanged"));
  function.add_result(used, Binding::variable("swapped"));
  function.add_result(used, Binding::plain("output"));
  simplify_checked(module);

  EXPECT_TRUE(function.body.ops().empty());
  EXPECT_EQ(function.argument_bindings,
            (std::vector{Binding::plain("input"), Binding::variable("used")}));
  EXPECT_EQ(function.result_bindings,
            (std::vector{Binding::variable("swapped"), Binding::plain("output")}));
}

TEST(EliminateDeadCode, WhatOnlyAnUnusedResultOfAFusionNeeds) {
  ir::Module module;
  module.variables.push_back({"weight", f32({2}), ir::Role::trainable, {}, ""});
  ir::Function& function = module.add_function("main");
  ir::Builder builder(function.body);
  const Tensor x = builder.wrap(function.add_argument(f32({2}), Binding::plain("x")));
  const Tensor weight = builder.wrap(function.add_argument(f32({2}), Binding::variable("weight")));
  auto fusion = std::make_unique<ir::Op>(
      *ir::find_op("fusion"), std::vector<ir::Value*>{x.value, exp(weight).value},
      ir::Attributes{{"kind", std::string("pointwise")}}, "fused");
  ir::Region& body = fusion->add_region();
  ir::Builder inner(body);
  const Tensor a = inner.wrap(body.add_argument(f32({2})));
  const Tensor b = inner.wrap(body.add_argument(f32({2})));
  body.set_results({exp(a).value, exp(b).value});
  for (int i = 0; i < 2; ++i) fusion->add_result(f32({2}));
  const ir::Op* fused = function.body.append(std::move(fusion));
  function.add_result(fused->result(0), Binding::plain("y"));
  simplify_checked(module);
  EXPECT_EQ(op_names(module), "fusion");
  EXPECT_EQ(function.argument_bindings, std::vector{Binding::plain("x")});
}

TEST(Simplify, PiecesSideBySideAreAConcatenation) {
  auto padded = [](const Tensor& x, int64_t low, int64_t high) {
    return pad(x, -0.0, {0, low}, {0, high});
  };
  ir::Module module =
      module_of({f32({2, 3}), f32({2, 1}), f32({2, 2})}, [&](ir::Builder&, const Tensors& x) {
        return Tensors{padded(x[0], 1, 2) + padded(x[2], 4, 0) + padded(x[1], 0, 5),
                       padded(x[0], 1, 2) + padded(x[2], 4, 0),                        // a gap
                       padded(x[0], 0, 3) + padded(x[0], 2, 1) + padded(x[1], 5, 0)};  // an overlap
      });
  std::mt19937_64 random(1);
  std::vector<Literal> arguments;
  for (const Shape& shape : {Shape{2, 3}, Shape{2, 1}, Shape{2, 2}})
    arguments.push_back(random_literal(f32(shape), -1, 1, random));
  const std::vector<Literal> before = evaluate(module, arguments);
  simplify_checked(module);
  const std::vector<Literal> after = evaluate(module, arguments);
  for (size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(same_bits(before[i], after[i]));
  EXPECT_EQ(count_ops(module, "concatenate"), 1) << ir::print(module);
}

TEST(Simplify, WorksInsideFusionsAndNarrowsThem) {
  ir::Module module =
      module_of({f32({2}), f32({2}), f32({2})}, [](ir::Builder& builder, const Tensors& x) {
        auto fusion = std::make_unique<ir::Op>(
            *ir::find_op("fusion"), std::vector<ir::Value*>{x[0].value, x[1].value, x[2].value},
            ir::Attributes{{"kind", std::string("pointwise")}}, "fused");
        ir::Region& body = fusion->add_region();
        ir::Builder inner(body);
        Tensors a;
        for (int i = 0; i < 3; ++i) a.push_back(inner.wrap(body.add_argument(f32({2}))));
        body.set_results({exp(a[0]).value, (exp(a[1]) * exp(a[1]) * 1).value, a[2].value});
        for (int i = 0; i < 3; ++i) fusion->add_result(f32({2}));
        return Tensors{builder.wrap(builder.region().append(std::move(fusion))->result(1))};
      });
  std::mt19937_64 random(1);
  std::vector<Literal> arguments;
  for (int i = 0; i < 3; ++i) arguments.push_back(random_literal(f32({2}), -1, 1, random));
  const Literal before = evaluate(module, arguments)[0];
  simplify_checked(module);
  const ir::Op& fusion = *module.function("main")->body.ops().at(0);
  EXPECT_EQ(fusion.result_count(), 1u);
  EXPECT_EQ(fusion.operands().size(), 1u);
  EXPECT_EQ(fusion.region().ops().size(), 2u) << ir::print(module);
  EXPECT_TRUE(same_bits(before, evaluate(module, arguments)[0]));
}

}  // namespace
}  // namespace kiln::passes
