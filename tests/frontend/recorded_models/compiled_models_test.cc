// Models of Keras's code examples through the whole compiler.
#include <memory>

#include "gtest/gtest.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/recorded_models/replay.h"

namespace kiln::keras {
namespace {

StepRunner compiled(ir::Module& module) {
  must(passes::run_pipeline(module));
  const auto loaded = std::make_shared<tests::LoadedModule>(module);
  return [loaded](const ir::Function& function, ir::Environment& variables,
                  const std::map<std::string, ir::Literal>& inputs) {
    return loaded->run(function.name, variables, inputs);
  };
}

std::vector<RecordedModel> code_examples() {
  std::vector<RecordedModel> all;
  for (const char* file : {"vision", "language", "structured", "generative"}) {
    for (RecordedModel& model : recorded_models(file)) all.push_back(std::move(model));
  }
  return all;
}

class CompiledModel : public ::testing::TestWithParam<RecordedModel> {};

// Kernels sum in another order than Keras.
TEST_P(CompiledModel, GivesKerasNumbers) { expect_kerass_numbers(GetParam(), compiled, 2e-4); }

INSTANTIATE_TEST_SUITE_P(CodeExamples, CompiledModel, ::testing::ValuesIn(code_examples()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
