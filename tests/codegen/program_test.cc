// The program around the kernels: step functions, descriptor, and what a broken plan is told.
#include <gtest/gtest.h>

#include <string_view>

#include "codegen/compile.h"
#include "codegen/program/emit_program.h"
#include "ir/parser.h"
#include "tests/codegen/fusion_case.h"
#include "tests/codegen/loaded_module.h"
#include "tests/codegen/mlp.h"

namespace kiln::tests {
namespace {

using ir::ElementType;
using ir::Literal;

ir::Module parse(std::string_view text) {
  auto module = ir::parse_module(text);
  EXPECT_TRUE(module) << module.error().to_string();
  return std::move(*module);
}

void expect_close(const Literal& actual, const Literal& expected) {
  ASSERT_EQ(actual.type(), expected.type());
  for (int64_t i = 0; i < expected.type().count(); ++i)
    EXPECT_NEAR(actual.get(i), expected.get(i), 1e-4) << i;
}

TEST(Program, StepsAgreeWithTheInterpreter) {
  const ir::Module module = parse(kMlp);
  LoadedModule loaded(module);
  ir::Environment expected = {{"dense/kernel", Literal({ElementType::f32, {8, 3}})},
                              {"count", Literal::splat_int({ElementType::i32, {}}, 9)}};
  ir::Environment actual = expected;
  auto step = [&](const std::string& name, const std::map<std::string, Literal>& inputs) {
    const auto wanted = ir::interpret(*module.function(name), expected, inputs);
    const auto got = loaded.run(name, actual, inputs);
    ASSERT_EQ(got.size(), wanted.size());
    for (const auto& [output, literal] : wanted) expect_close(got.at(output), literal);
    for (const auto& [variable, literal] : expected) expect_close(actual.at(variable), literal);
  };
  const Literal x = random_literal({ElementType::f32, {4, 8}}, 1),
                y = random_literal({ElementType::f32, {4, 3}}, 2);
  step("init", {{"seed", Literal({ElementType::i64, {}})}});
  for (int i = 0; i < 5; ++i) step("train_step", {{"x", x}, {"y", y}});
  step("predict_step", {{"x", x}});
  EXPECT_EQ(actual.at("count").get_int(0), 5);
}

TEST(Program, DescriptorSaysWhatTheModuleSays) {
  const LoadedModule loaded(parse(kMlp));
  const kiln_model& model = loaded.model();
  EXPECT_EQ(model.abi_version, KILN_ABI_VERSION);
  EXPECT_STREQ(model.name, "small");
  EXPECT_TRUE(std::string_view(model.targets[0].name).starts_with("x86-64-linux"))
      << model.targets[0].name;
  EXPECT_EQ(std::string_view(model.targets[0].name).find("no_runtime"), std::string_view::npos)
      << model.targets[0].name;
  ASSERT_EQ(model.input_count, 2);
  EXPECT_STREQ(model.inputs[1].name, "b");
  EXPECT_EQ(model.inputs[0].index_limit, 0);
  EXPECT_EQ(model.inputs[1].index_limit, 7);
  ASSERT_EQ(model.output_count, 1);
  EXPECT_STREQ(model.outputs[0].name, "c");
  EXPECT_STREQ(model.outputs[0].loss, "mean_squared_error");
  EXPECT_STREQ(model.summary, "one\ntwo");
  EXPECT_EQ(model.outputs[0].label_classes, 3);
  EXPECT_EQ(model.state_bytes, 192);

  ASSERT_EQ(model.variable_count, 2);
  EXPECT_STREQ(model.variables[0].tensor.name, "dense/kernel");
  EXPECT_EQ(model.variables[0].tensor.element_type, KILN_F32);
  ASSERT_EQ(model.variables[0].tensor.rank, 2);
  EXPECT_EQ(model.variables[0].tensor.dims[0], 8);
  EXPECT_EQ(model.variables[0].tensor.dims[1], 3);
  EXPECT_EQ(model.variables[0].role, KILN_TRAINABLE);
  EXPECT_EQ(model.variables[1].tensor.rank, 0);
  EXPECT_EQ(model.variables[1].role, KILN_METRIC);
  EXPECT_EQ(model.variables[1].offset, 128);

  ASSERT_EQ(model.function_count, 3);
  EXPECT_STREQ(model.functions[0].name, "init");
  EXPECT_EQ(model.functions[0].batch, 0);
  const kiln_function& train = model.functions[1];
  EXPECT_STREQ(train.name, "train_step");
  EXPECT_EQ(train.batch, 4);
  EXPECT_EQ(train.arena_bytes, 128);
  EXPECT_EQ(train.arena_lower_bound, 48);
  EXPECT_EQ(train.kernel_count, 3);
  ASSERT_EQ(train.input_count, 2);
  EXPECT_STREQ(train.inputs[1].name, "y");
  ASSERT_EQ(train.output_count, 1);
  EXPECT_STREQ(train.outputs[0].name, "batch_loss");
  EXPECT_EQ(train.outputs[0].element_type, KILN_F32);
  EXPECT_EQ(train.outputs[0].rank, 0);
}

TEST(Program, ModuleWithoutLossOrFunctions) {
  const LoadedModule loaded(parse("module @empty attributes {state_bytes = 0} {}"));
  EXPECT_EQ(loaded.model().output_count, 0);
  EXPECT_STREQ(loaded.model().summary, "");
  EXPECT_EQ(loaded.model().function_count, 0);
  EXPECT_EQ(loaded.model().functions, nullptr);
}

/// The error for the model with one piece of its text replaced.
std::string error_after(std::string_view piece, std::string_view replacement) {
  std::string text = kMlp;
  const size_t at = text.find(piece);
  EXPECT_NE(at, std::string::npos);
  text.replace(at, piece.size(), replacement);
  auto code = codegen::compile(parse(text), {{codegen::host_target(1)}});
  EXPECT_FALSE(code);
  return code ? "" : code.error().to_string();
}

TEST(Program, BrokenPlansAreExplained) {
  auto expect_error = [](const std::string& error, const char* part) {
    EXPECT_NE(error.find(part), std::string::npos) << error;
    EXPECT_NE(error.find("plan-memory"), std::string::npos) << error;
  };
  expect_error(error_after("state_bytes = 192, ", ""), "state_bytes");
  expect_error(error_after("offset = 128, ", ""), "variable count has no place");
  expect_error(error_after("offset = 128, ", "offset = 192, "), "variable count has no place");
  expect_error(error_after("arena+64", "arena+65"),
               "error: small/dense: tensor<4x3xf32> does not fit");
  expect_error(error_after("arena+64", "arena+128"),
               "error: small/dense: tensor<4x3xf32> does not fit");
  expect_error(error_after("arena+64", "carry:0"), "not \"carry:0\"");
  expect_error(error_after("arena+64", "state:nothing"), "no variable nothing");
  expect_error(error_after("arena+64", "state:dense/kernel"), "does not fit");
  expect_error(error_after("buffers = [\"arena+64\"], ", ""), "1 results has 0 buffers");
  expect_error(error_after("output:y", "output:z"), "not \"output:z\"");
}

}  // namespace
}  // namespace kiln::tests
