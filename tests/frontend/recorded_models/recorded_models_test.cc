// Whole models against Keras, by the interpreter: those whose inputs leave extents open, those with
// other types of inputs, and those of Keras's code examples.
#include "gtest/gtest.h"
#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/recorded_models/replay.h"

namespace kiln::keras {
namespace {

StepRunner interpreted(ir::Module& module) {
  must(passes::differentiate(module));
  must(ir::verify(module));
  return [](const ir::Function& function, ir::Environment& variables,
            const std::map<std::string, ir::Literal>& inputs) {
    return ir::interpret(function, variables, inputs);
  };
}

class Recorded : public ::testing::TestWithParam<RecordedModel> {};

TEST_P(Recorded, GivesKerasNumbers) { expect_kerass_numbers(GetParam(), interpreted, 3e-5); }

#define KILN_RECORDED_MODELS(suite, file)                                               \
  INSTANTIATE_TEST_SUITE_P(suite, Recorded, ::testing::ValuesIn(recorded_models(file)), \
                           [](const auto& info) { return info.param.name; })

KILN_RECORDED_MODELS(OpenExtents, "open_extents");
KILN_RECORDED_MODELS(InputTypes, "input_types");
KILN_RECORDED_MODELS(Vision, "vision");
KILN_RECORDED_MODELS(Language, "language");
KILN_RECORDED_MODELS(Structured, "structured");
KILN_RECORDED_MODELS(Generative, "generative");

}  // namespace
}  // namespace kiln::keras
