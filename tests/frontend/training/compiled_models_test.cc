// Recorded training through the whole compiler.
#include "gtest/gtest.h"
#include "tests/frontend/compiled_step_runner.h"
#include "tests/frontend/training/replay.h"

namespace kiln::keras {
namespace {

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
