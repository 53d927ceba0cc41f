#include "passes/gradients/differentiate.h"

#include <cmath>

#include "ir/ops/definition.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/simplification/simplify.h"
#include "tests/passes/finite_differences.h"

namespace kiln::passes {
namespace {

using ir::ElementType;
using ir::Literal;
using ir::Tensor;
using ir::Type;
using Tensors = std::vector<Tensor>;

const Type kScalar{ElementType::f32, {}};
Type f32(ir::Shape shape) { return {ElementType::f32, std::move(shape)}; }

ir::Module differentiated(const std::vector<Type>& types, const Formula& formula,
                          const std::string& location = "model") {
  ir::Module module = module_of(types, formula, location);
  const Status status = differentiate(module);
  EXPECT_TRUE(status) << status.error().to_string();
  const Status valid = ir::verify(module);
  EXPECT_TRUE(valid) << valid.error().to_string() << "\n" << ir::print(module);
  EXPECT_EQ(count_ops(module, "gradient"), 0);
  return module;
}

/// f'(x) for a formula of one f32 value.
double derivative(double x, const std::function<Tensor(Tensor)>& f) {
  const ir::Module module = differentiated(
      {kScalar}, [&](ir::Builder&, const Tensors& a) { return gradient(f(a[0]), {a[0]}); });
  return evaluate(module, {Literal::splat(kScalar, x)})[0].get(0);
}

TEST(Differentiate, ReluHasNoSlopeAtZero) {
  auto relu = [](Tensor x) { return maximum(x, 0); };
  EXPECT_EQ(derivative(-1, relu), 0);
  EXPECT_EQ(derivative(0, relu), 0);
  EXPECT_EQ(derivative(1e-30, relu), 1);
  auto relu6 = [](Tensor x) { return minimum(maximum(x, 0), 6); };
  EXPECT_EQ(derivative(0, relu6), 0);
  EXPECT_EQ(derivative(6, relu6), 0);
  EXPECT_EQ(derivative(5, relu6), 1);
}

TEST(Differentiate, TiesGoToTheSecondOperand) {
  auto clip = [](Tensor x) {
    return maximum(x.builder->scalar(-1), minimum(x.builder->scalar(1), x));
  };
  EXPECT_EQ(derivative(1, clip), 1);
  EXPECT_EQ(derivative(-1, clip), 1);
  EXPECT_EQ(derivative(1.5, clip), 0);
  EXPECT_EQ(derivative(-1.5, clip), 0);
  EXPECT_EQ(derivative(2, [](Tensor x) { return maximum(x, x) * 3; }), 3)
      << "halves must add up to one whole";
}

TEST(Differentiate, KinksAndEdges) {
  EXPECT_EQ(derivative(0, [](Tensor x) { return abs(x); }), 0);
  EXPECT_EQ(derivative(0, [](Tensor x) { return power(x, 0.0); }), 0);
  EXPECT_EQ(derivative(0, [](Tensor x) { return power(x, 1.0); }), 1);
  EXPECT_EQ(derivative(0, [](Tensor x) { return power(x, 2.0); }), 0);
  EXPECT_EQ(derivative(2, [](Tensor x) { return power(-1.0, x); }), 0);
  EXPECT_EQ(derivative(0, [](Tensor x) { return power(x, x * 0.0); }), 0)
      << "base 0, computed exponent 0";
  EXPECT_NEAR(derivative(-20, [](Tensor x) { return expm1(x); }), 2.0611537e-9, 1e-15);
}

TEST(Differentiate, LargestElementsShareEqually) {
  const ir::Module module = differentiated({f32({4})}, [](ir::Builder&, const Tensors& a) {
    return gradient(reduce(a[0], "maximum", {0}), {a[0]});
  });
  const auto result = evaluate(module, {Literal::from_values(f32({4}), {1, 3, 3, 2})});
  EXPECT_EQ(result[0].values(), (std::vector<double>{0, 0.5, 0.5, 0}));
}

TEST(Differentiate, ConversionsPass) {
  const Type half{ElementType::f16, {2}};
  const ir::Module module = differentiated({half}, [](ir::Builder&, const Tensors& a) {
    return gradient(sum(convert(a[0], ElementType::f32) * 3), {a[0]});
  });
  EXPECT_TRUE(same_bits(Literal::splat(half, 3), evaluate(module, {Literal::splat(half, 1)})[0]));
}

TEST(Differentiate, NoPathGivesAZeroSplat) {
  const ir::Module module =
      differentiated({f32({64}), f32({64}), f32({3})}, [](ir::Builder&, const Tensors& a) {
        return gradient(sum(a[0]) + 0 * sum(floor(a[1])), {a[1], a[2], a[0]});
      });
  const auto& results = module.function("main")->body.results();
  for (size_t i : {0, 1}) {
    ASSERT_TRUE(results[i]->op() && results[i]->op()->is("constant")) << i;
    EXPECT_EQ(results[i]->op()->get<Literal>("value"), Literal::splat(results[i]->type(), 0));
    EXPECT_TRUE(results[i]->op()->get<Literal>("value").is_splat());
  }
}

TEST(Differentiate, TheLossItselfAndValuesOnTheWay) {
  const ir::Module module = differentiated({kScalar}, [](ir::Builder&, const Tensors& a) {
    const Tensor middle = a[0] * a[0];
    const Tensor loss = middle * middle;
    return gradient(loss, {loss, middle, a[0]});
  });
  const auto results = evaluate(module, {Literal::splat(kScalar, 3)});
  EXPECT_EQ(results[0].get(0), 1);
  EXPECT_EQ(results[1].get(0), 18);
  EXPECT_EQ(results[2].get(0), 108);
}

TEST(Differentiate, SecondDerivative) {
  const double second = derivative(0.5, [](Tensor x) { return gradient(tanh(x) * x, {x})[0]; });
  const double t = std::tanh(0.5);
  EXPECT_NEAR(second, 2 * (1 - t * t) - 0.5 * 2 * t * (1 - t * t), 1e-6);
}

TEST(Differentiate, ThroughAGradientOfAMaximumIsRefused) {
  ir::Module module = module_of({f32({4})}, [](ir::Builder&, const Tensors& a) {
    const Tensor scattered = select_and_scatter(a[0], a[0], "GE", {});
    return gradient(sum(scattered), {a[0]});
  });
  const Status status = differentiate(module);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "select_and_scatter has no gradient");
}

TEST(Differentiate, OnlyOpsOnAPathAreDifferentiated) {
  ir::Module module = differentiated(
      {f32({2, 3}), f32({3, 4})},
      [](ir::Builder&, const Tensors& a) { return gradient(sum(dot(exp(a[0]), a[1])), {a[1]}); });
  EXPECT_EQ(count_ops(module, "dot_general"), 2) << "the input's gradient is not asked for\n"
                                                 << ir::print(module);
  EXPECT_EQ(count_ops(module, "exponential"), 1);
}

TEST(Differentiate, LocationsSayWhereAGradientComesFrom) {
  const ir::Module module = differentiated(
      {kScalar}, [](ir::Builder&, const Tensors& a) { return gradient(tanh(a[0]), {a[0]}); },
      "mlp/dense/tanh");
  for (const auto& op : module.function("main")->body.ops()) {
    if (op->is("constant")) continue;
    EXPECT_EQ(op->location(), op->is("tanh") ? "mlp/dense/tanh" : "mlp/dense/tanh/grad")
        << op->name();
  }
}

TEST(Differentiate, AnOpWithoutARuleIsAnErrorThatNamesIt) {
  ir::Module module;
  ir::Function& function = module.add_function("main");
  ir::Value* x = function.add_argument(kScalar, ir::Binding::plain("x"));
  auto fusion =
      std::make_unique<ir::Op>(*ir::find_op("fusion"), std::vector<ir::Value*>{x},
                               ir::Attributes{{"kind", std::string("pointwise")}}, "mlp/fused");
  ir::Region& body = fusion->add_region();
  ir::Builder inner(body);
  body.set_results({exp(inner.wrap(body.add_argument(kScalar))).value});
  fusion->add_result(kScalar);
  const ir::Op* op = function.body.append(std::move(fusion));
  ir::Builder builder(function.body);
  function.add_result(gradient(builder.wrap(op->result()), {builder.wrap(x)})[0].value,
                      ir::Binding::plain("y"));

  const Status status = differentiate(module);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().where, "mlp/fused");
  EXPECT_EQ(status.error().message, "fusion has no gradient");
  EXPECT_TRUE(ir::verify(module)) << "an error must leave a valid module";
}

// ---- golden: what a dense layer with relu trains with

ir::Module dense_step(bool transposed_kernel) {
  const Type x = f32({8, 5});
  const Type kernel = transposed_kernel ? f32({4, 5}) : f32({5, 4});
  return differentiated({x, kernel, f32({4})}, [&](ir::Builder&, const Tensors& a) {
    const Tensor product = dot_general(a[0], a[1], {{}, {}, {1}, {transposed_kernel ? 1 : 0}});
    return gradient(sum(square(maximum(product + a[2], 0))), {a[0], a[1], a[2]});
  });
}

TEST(Differentiate, DenseLayerNeedsNoTranspose) {
  for (bool transposed_kernel : {false, true}) {
    const ir::Module module = dense_step(transposed_kernel);
    EXPECT_EQ(count_ops(module, "transpose"), 0) << ir::print(module);
    EXPECT_EQ(count_ops(module, "dot_general"), 3) << ir::print(module);
  }
}

TEST(Differentiate, DenseLayerSimplified) {
  ir::Module module = dense_step(false);
  ASSERT_TRUE(simplify(module));
  // Forward: dot, bias, relu. Backward: 2 relu masked by x > 0, then the kernel's, the input's, the
  // bias's.
  EXPECT_EQ(op_names(module),
            "dot_general broadcast_in_dim add constant maximum add compare select reduce "
            "dot_general dot_general")
      << ir::print(module);
}

}  // namespace
}  // namespace kiln::passes
