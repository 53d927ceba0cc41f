// Linked into a test, has evaluate() compile its formulas, for the device of the test.
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

std::vector<ir::Literal> run_compiled(ir::Module module,
                                      const std::vector<ir::Literal>& arguments) {
  must(passes::run_pipeline(module));
  tests::LoadedModule loaded(module);
  std::map<std::string, ir::Literal> inputs;
  for (size_t i = 0; i < arguments.size(); ++i) inputs["x" + std::to_string(i)] = arguments[i];
  ir::Environment none;
  auto outputs = loaded.run("main", none, inputs);
  std::vector<ir::Literal> results;
  for (size_t i = 0; i < outputs.size(); ++i)
    results.push_back(std::move(outputs.at("y" + std::to_string(i))));
  return results;
}

const bool kIsInstalled = (evaluator = run_compiled) != nullptr;

}  // namespace
}  // namespace kiln::keras
