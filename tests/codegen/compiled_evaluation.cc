// Linked into a test, has it compile the functions that it evaluates, for the device of the test.
#include <fmt/format.h>

#include <stdexcept>

#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/evaluator.h"

namespace kiln::tests {
namespace {

std::vector<ir::Literal> run_compiled(ir::Module module,
                                      const std::vector<ir::Literal>& arguments) {
  const Status planned = passes::run_pipeline(module);
  if (!planned) throw std::runtime_error(planned.error().to_string());
  LoadedModule loaded(module);
  std::map<std::string, ir::Literal> inputs;
  for (size_t i = 0; i < arguments.size(); ++i) inputs[fmt::format("x{}", i)] = arguments[i];
  ir::Environment none;
  auto outputs = loaded.run("main", none, inputs);
  std::vector<ir::Literal> results;
  for (size_t i = 0; i < outputs.size(); ++i)
    results.push_back(std::move(outputs.at(fmt::format("y{}", i))));
  return results;
}

const bool kIsInstalled = (evaluator = run_compiled) != nullptr;

}  // namespace
}  // namespace kiln::tests
