// Modules that text cannot express, or that a faulty pass leaves behind.
#include "ir/verifier.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/ops/definition.h"

namespace kiln::ir {
namespace {

const Type kVector{ElementType::f32, {2}};

/// A module with a variable @w and one function f(x) of a vector, to be spoilt.
struct Fixture {
  Module module;
  Function& function;
  Builder builder;
  Tensor x;

  Fixture() : function(module.add_function("f")), builder(function.body, "model/layer") {
    module.variables.push_back({"w", kVector, Role::trainable, {}, ""});
    x = builder.wrap(function.add_argument(kVector, Binding::plain("x")));
  }
  std::string error() const {
    const auto verified = verify(module);
    return verified ? "none" : verified.error().to_string();
  }
};

TEST(Verifier, AcceptsWhatTheBuilderMakes) {
  Fixture f;
  f.function.add_result((f.x + 1.0).value, Binding::variable("w"));
  EXPECT_EQ(f.error(), "none");
}

TEST(Verifier, OrderOfDefinitions) {
  Fixture f;
  const Tensor y = exp(f.x);
  tanh(y);
  auto ops = f.function.body.take_ops();
  f.function.body.append(std::move(ops[1]));
  f.function.body.append(std::move(ops[0]));
  EXPECT_EQ(f.error(),
            "error: @f: tanh: operand 0 is not defined before it is used\n"
            "note: a region sees its own arguments and earlier results only; in %1 = tanh %2 : "
            "tensor<2xf32> "
            "loc(\"model/layer\")");
}

TEST(Verifier, ValuesOfOtherRegions) {
  Fixture f;
  Function& other = f.module.add_function("g");
  Builder builder(other.body);
  builder.create("tanh", {f.x.value});
  EXPECT_EQ(f.error(),
            "error: @g: tanh: operand 0 is not defined before it is used\n"
            "note: a region sees its own arguments and earlier results only; in %0 = tanh %? : "
            "tensor<2xf32>");
}

TEST(Verifier, NullOperandsAndResults) {
  Fixture f;
  const Tensor y = exp(f.x);
  y.value->op()->set_operand(0, nullptr);
  EXPECT_NE(f.error().find("exponential: operand 0 is not defined"), std::string::npos);
  Fixture g;
  g.function.add_result(nullptr, Binding::plain("y"));
  EXPECT_EQ(g.error(), "error: @f: returned value 0 is not defined in its region");
}

TEST(Verifier, TypesFollowFromTheOps) {
  Fixture f;
  const Tensor y = exp(f.x);
  y.value->set_type({ElementType::f32, {3}});
  EXPECT_EQ(f.error(),
            "error: @f: exponential gives tensor<2xf32>, not tensor<3xf32>\n"
            "note: in %1 = exponential %0 : tensor<3xf32> loc(\"model/layer\")");
  Fixture g;
  exp(g.x).value->op()->add_result(kVector);
  EXPECT_NE(g.error().find("exponential gives 1 results, not 2"), std::string::npos);
}

TEST(Verifier, Attributes) {
  Fixture f;
  Op* op = transpose(f.x, {0}).value->op();
  op->set("speed", int64_t{9});
  EXPECT_EQ(
      f.error(),
      "error: @f: transpose has no attribute speed\nnote: it takes permutation; "
      "in %1 = transpose %0 {permutation = [0], speed = 9} : tensor<2xf32> loc(\"model/layer\")");
  op->remove("speed");
  op->set("permutation", std::string("0"));
  EXPECT_NE(f.error().find("transpose: the attribute permutation must be a list of integers"),
            std::string::npos);
  op->remove("permutation");
  EXPECT_NE(f.error().find("transpose needs the attribute permutation"), std::string::npos);
  op->set("permutation", Integers{1});
  EXPECT_NE(f.error().find("transpose: [1] is not a permutation"), std::string::npos);
}

TEST(Verifier, RegionsOfFusions) {
  Fixture f;
  auto op = std::make_unique<Op>(*find_op("fusion"), std::vector<Value*>{f.x.value},
                                 Attributes{{"kind", std::string("pointwise")}}, "model/fused");
  Region& region = op->add_region();
  Builder inner(region);
  const Tensor y = exp(inner.wrap(region.add_argument(kVector)));
  region.set_results({y.value});
  op->add_result(kVector);
  Op* fusion = f.function.body.append(std::move(op));
  EXPECT_EQ(f.error(), "none");

  y.value->op()->set_operand(0, f.x.value);
  EXPECT_EQ(f.error(),
            "error: @f: exponential: operand 0 is not defined before it is used\n"
            "note: a region sees its own arguments and earlier results only; in %3 = exponential "
            "%0 : tensor<2xf32>");
  y.value->op()->set_operand(0, region.argument(0));
  region.add_argument(kVector);
  EXPECT_NE(f.error().find("fusion: 1 operands for a region of 2 arguments"), std::string::npos);
  region.remove_argument(1);
  region.set_results({f.x.value});
  EXPECT_EQ(f.error(), "error: @f: returned value 0 is not defined in its region");
  region.set_results({y.value});
  fusion->add_region();
  EXPECT_NE(f.error().find("fusion takes 1 region, not 2"), std::string::npos);
}

TEST(Verifier, Gradients) {
  Fixture f;
  const Tensor loss = sum(f.x);
  Op* op = gradient(loss, {f.x}).front().value->op();
  EXPECT_EQ(f.error(), "none");
  op->set_operand(0, f.x.value);
  EXPECT_NE(f.error().find(
                "gradient: the value to differentiate must be a float scalar, not tensor<2xf32>"),
            std::string::npos);
  op->set_operands({loss.value, f.builder.iota({ElementType::i32, {2}}, 0).value});
  EXPECT_NE(f.error().find("is not defined before it is used"), std::string::npos);
}

TEST(Verifier, Bindings) {
  Fixture f;
  f.function.argument_bindings.clear();
  EXPECT_EQ(f.error(), "error: @f: 0 bindings for 1 arguments");
  f.function.argument_bindings = {Binding::variable("u")};
  EXPECT_EQ(f.error(), "error: @f: argument 0: no variable @u");
  f.function.argument_bindings = {Binding::plain("w")};
  EXPECT_EQ(f.error(), "none");  // an input may share a variable's name
  f.module.variables[0].type.shape = {3};
  f.function.argument_bindings = {Binding::variable("w")};
  EXPECT_EQ(f.error(), "error: @f: argument 0: @w is tensor<3xf32>, not tensor<2xf32>");
}

TEST(Verifier, Names) {
  Fixture f;
  f.module.add_function("f");
  EXPECT_EQ(f.error(), "error: @f: two functions of this name");
  f.module.functions[1]->name = "";
  EXPECT_EQ(f.error(), "error: a function without a name");
  Fixture g;
  g.module.variables.push_back(g.module.variables[0]);
  EXPECT_EQ(g.error(), "error: @w: two variables of this name");
  g.module.variables[1].name = "";
  EXPECT_EQ(g.error(), "error: a variable without a name");
}

TEST(Verifier, VariablesAndTypes) {
  Fixture f;
  f.module.variables[0].attributes["role"] = std::string("metric");
  EXPECT_EQ(f.error(), "error: @w: the role is a member of the variable, not an attribute");
  Fixture g;
  g.module.variables[0].type.shape = {-1};
  EXPECT_EQ(g.error(), "error: @w: tensor<-1xf32> has a negative extent");
  Fixture h;
  h.function.add_argument({ElementType::f32, {INT64_MAX, 2}}, Binding::plain("huge"));
  EXPECT_EQ(h.error(),
            "error: @f: argument 1: tensor<9223372036854775807x2xf32> is larger than 1024 GiB");
}

TEST(Verifier, ResultsThatNoMachineHolds) {
  Fixture f;
  const Tensor wide = f.builder.constant(1.0, {ElementType::f32, {1 << 30}});
  auto op =
      std::make_unique<Op>(*find_op("dot_general"), std::vector<Value*>{wide.value, wide.value},
                           Attributes{{"lhs_batching", Integers{}},
                                      {"rhs_batching", Integers{}},
                                      {"lhs_contracting", Integers{}},
                                      {"rhs_contracting", Integers{}}},
                           "");
  op->add_result({ElementType::f32, {1 << 30, 1 << 30}});
  f.function.body.append(std::move(op));
  EXPECT_NE(f.error().find("tensor<1073741824x1073741824xf32> is larger than 1024 GiB"),
            std::string::npos);
}

}  // namespace
}  // namespace kiln::ir
