#include "tests/passes/evaluation.h"

#include <cmath>

#include "ir/interpreter.h"

namespace kiln::passes {

ir::Module module_of(const std::vector<ir::Type>& types, const Formula& formula,
                     const std::string& location) {
  ir::Module module;
  ir::Function& function = module.add_function("main");
  ir::Builder builder(function.body, location);
  std::vector<ir::Tensor> arguments;
  for (size_t i = 0; i < types.size(); ++i) {
    arguments.push_back(
        builder.wrap(function.add_argument(types[i], ir::Binding::plain(fmt::format("x{}", i)))));
  }
  const std::vector<ir::Tensor> results = formula(builder, arguments);
  for (size_t i = 0; i < results.size(); ++i) {
    function.add_result(results[i].value, ir::Binding::plain(fmt::format("y{}", i)));
  }
  return module;
}

std::vector<ir::Literal> evaluate(const ir::Module& module,
                                  const std::vector<ir::Literal>& arguments) {
  return ir::interpret(module.function("main")->body, arguments);
}

ir::Literal random_literal(const ir::Type& type, double low, double high, std::mt19937_64& random) {
  ir::Literal literal(type);
  for (int64_t i = 0; i < type.count(); ++i) {
    literal.set(i, low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53);
  }
  return literal;
}

::testing::AssertionResult same_bits(const ir::Literal& expected, const ir::Literal& actual) {
  if (expected.type() != actual.type()) {
    return ::testing::AssertionFailure()
           << "expected " << expected.type().to_string() << ", got " << actual.type().to_string();
  }
  const bool floating = is_float(expected.type().element);
  for (int64_t i = 0; i < expected.type().count(); ++i) {
    const double a = expected.get(i);
    const double b = actual.get(i);
    if (floating && std::isnan(a) && std::isnan(b)) continue;
    const bool equal = floating ? a == b && std::signbit(a) == std::signbit(b)
                                : expected.get_int(i) == actual.get_int(i);
    if (!equal) {
      return ::testing::AssertionFailure()
             << "element " << i << " of " << expected.type().to_string() << ": expected " << a
             << ", got " << b;
    }
  }
  return ::testing::AssertionSuccess();
}

std::string op_names(const ir::Module& module) {
  std::string names;
  for (const auto& op : module.function("main")->body.ops()) {
    names += (names.empty() ? "" : " ") + std::string(op->name());
  }
  return names;
}

int count_ops(const ir::Module& module, std::string_view name) {
  int count = 0;
  for (const auto& op : module.function("main")->body.ops()) count += op->is(name);
  return count;
}

}  // namespace kiln::passes
