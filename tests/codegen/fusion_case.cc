#include "tests/codegen/fusion_case.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "ir/ops/definition.h"
#include "ir/verifier.h"
#include "tests/codegen/loaded_module.h"
#include "tests/test_device.h"

namespace kiln::tests {
namespace {

void add_function(ir::Module& module, const FusionCase& fusion_case) {
  ir::Function& function = module.add_function(fusion_case.name);
  function.attributes["arena_bytes"] = int64_t{0};
  std::vector<ir::Value*> operands;
  for (const ir::Literal& input : fusion_case.inputs) {
    operands.push_back(function.add_argument(
        input.type(), ir::Binding::plain(fmt::format("a{}", operands.size()))));
  }
  auto fusion =
      std::make_unique<ir::Op>(*ir::find_op("fusion"), operands,
                               ir::Attributes{{"kind", fusion_case.kind}}, fusion_case.name);
  ir::Region& region = fusion->add_region();
  ir::Builder builder(region, fusion_case.name);
  std::vector<ir::Tensor> arguments;
  for (const ir::Value* operand : operands)
    arguments.push_back(builder.wrap(region.add_argument(operand->type())));
  std::vector<ir::Value*> results;
  for (const ir::Tensor& result : fusion_case.body(builder, arguments))
    results.push_back(result.value);
  region.set_results(results);
  ir::Placements buffers;
  for (const ir::Value* result : results) {
    fusion->add_result(result->type());
    buffers.push_back(ir::Placement::output(fmt::format("r{}", buffers.size())));
  }
  fusion->set("buffers", buffers);
  const ir::Op* placed = function.body.append(std::move(fusion));
  for (size_t i = 0; i < results.size(); ++i) {
    function.add_result(placed->result(i), ir::Binding::plain(fmt::format("r{}", i)));
  }
}

bool agree(double actual, double expected, const FusionCase& fusion_case) {
  if (std::isnan(expected)) return std::isnan(actual);
  if (actual == expected) {
    return fusion_case.any_zero || actual != 0 || std::signbit(actual) == std::signbit(expected);
  }
  return std::isfinite(expected) &&
         std::abs(actual - expected) <=
             fusion_case.absolute + fusion_case.relative * std::abs(expected);
}

/// Where the two differ, at most a few elements; empty if nowhere.
std::string difference(const ir::Literal& actual, const ir::Literal& expected,
                       const FusionCase& fusion_case,
                       const std::map<std::string, ir::Literal>& inputs) {
  std::string text;
  int shown = 0;
  for (int64_t i = 0; i < expected.type().count() && shown < 5; ++i) {
    const bool same = ir::is_float(expected.type().element)
                          ? agree(actual.get(i), expected.get(i), fusion_case)
                          : actual.get_int(i) == expected.get_int(i);
    if (same) continue;
    ++shown;
    text += fmt::format("\n  element {}: {}, expected {}", i, actual.get(i), expected.get(i));
    for (const auto& [name, input] : inputs) {
      if (input.type().count() == expected.type().count())
        text += fmt::format(", {} = {}", name, input.get(i));
    }
  }
  return text;
}

}  // namespace

ir::Module planned_module(const std::vector<FusionCase>& cases) {
  ir::Module module;
  module.name = "cases";
  module.attributes["state_bytes"] = int64_t{0};
  for (const FusionCase& each : cases) add_function(module, each);
  return module;
}

namespace {

/// Whether the device of these tests can run a planned function: has all of its types, and, where
/// it is no CPU, finds all constants outside of fusions, as the pass `fuse` leaves them.
bool can_run(const ir::Function& function) {
  bool can = true;
  auto look_at = [&](const ir::Value* value) {
    can = can && test_device_has(value->type().element);
  };
  for (size_t i = 0; i < function.body.argument_count(); ++i) look_at(function.body.argument(i));
  for (const auto& fusion : function.body.ops()) {
    for (const auto& op : fusion->region().ops()) {
      for (size_t i = 0; i < op->result_count(); ++i) look_at(op->result(i));
    }
  }
  return can;
}

/// The cases that can run on the device of these tests.
std::vector<FusionCase> runnable(const std::vector<FusionCase>& cases) {
  const ir::Module module = planned_module(cases);
  std::vector<FusionCase> result;
  for (const FusionCase& each : cases) {
    if (can_run(*module.function(each.name))) result.push_back(each);
  }
  if (result.size() < cases.size())
    fmt::print("NOTE: {} of {} cases cannot run on this device\n", cases.size() - result.size(),
               cases.size());
  return result;
}

}  // namespace

void expect_kernels_agree(const std::vector<FusionCase>& all_cases, int threads) {
  const std::vector<FusionCase> cases = runnable(all_cases);
  const ir::Module module = planned_module(cases);
  const Status verified = ir::verify(module);
  ASSERT_TRUE(verified) << verified.error().to_string();
  LoadedModule loaded(module, threads);
  for (const FusionCase& each : cases) {
    std::map<std::string, ir::Literal> inputs;
    for (size_t i = 0; i < each.inputs.size(); ++i) inputs[fmt::format("a{}", i)] = each.inputs[i];
    ir::Environment none;
    const auto expected = ir::interpret(*module.function(each.name), none, inputs);
    const auto actual = loaded.run(each.name, none, inputs);
    for (const auto& [name, literal] : expected) {
      const std::string differs = difference(actual.at(name), literal, each, inputs);
      EXPECT_TRUE(differs.empty())
          << each.kind << " " << each.name << ", result " << name << differs;
    }
  }
}

ir::Literal random_literal(const ir::Type& type, uint64_t seed, double low, double high) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(low, high);
  ir::Literal literal(type);
  for (int64_t i = 0; i < type.count(); ++i) {
    if (ir::is_float(type.element)) {
      literal.set(i, uniform(random));
    } else if (type.element == ir::ElementType::i1) {
      literal.set_int(i, static_cast<int64_t>(random() & 1));
    } else {
      literal.set_int(i, static_cast<int64_t>(random()) >> (random() % 64));
    }
  }
  return literal;
}

}  // namespace kiln::tests
