// Recorded training through the whole compiler.
#include <memory>

#include "gtest/gtest.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/replay.h"

namespace kiln::keras {
namespace {

StepRunner compiled(ir::Module& module) {
  must(passes::run_pipeline(module));
  const auto loaded = std::make_shared<tests::LoadedModule>(module);
  return [loaded](const ir::Function& function, ir::Environment& variables, const Outputs& inputs) {
    return loaded->run(function.name, variables, inputs);
  };
}

class CompiledModel : public ::testing::TestWithParam<Recorded> {};

TEST_P(CompiledModel, TrainsAsInKeras) {
  const Json& json = GetParam().json;
  // Kernels sum in another order than Keras.
  expect_training(json, json["model"], compiled, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Keras, CompiledModel, ::testing::ValuesIn(recorded_cases("models")),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Masks, CompiledModel, ::testing::ValuesIn(recorded_cases("masks")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
