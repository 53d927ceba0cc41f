// Models of Keras's code examples through the whole compiler.
#include "gtest/gtest.h"
#include "tests/frontend/compiled_step_runner.h"
#include "tests/frontend/recorded_models/replay.h"

namespace kiln::keras {
namespace {

std::vector<Recorded> code_examples() {
  std::vector<Recorded> all;
  for (const char* file : {"vision", "language", "structured", "generative"}) {
    for (Recorded& model : recorded_models(file)) all.push_back(std::move(model));
  }
  return all;
}

class CompiledModel : public ::testing::TestWithParam<Recorded> {};

// Kernels sum in another order than Keras.
TEST_P(CompiledModel, GivesKerasNumbers) { expect_kerass_numbers(GetParam(), compiled, 2e-4); }

INSTANTIATE_TEST_SUITE_P(CodeExamples, CompiledModel, ::testing::ValuesIn(code_examples()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
