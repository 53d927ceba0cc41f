#include "tests/evaluator.h"

#include "ir/interpreter.h"

namespace kiln::tests {
namespace {

std::vector<ir::Literal> interpret(ir::Module module, const std::vector<ir::Literal>& arguments) {
  return ir::interpret(module.function("main")->body, arguments);
}

}  // namespace

Evaluator evaluator = interpret;

}  // namespace kiln::tests
