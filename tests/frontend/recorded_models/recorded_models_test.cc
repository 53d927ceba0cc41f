// Whole models against Keras, by the interpreter: those whose inputs leave extents open, those with
// other types of inputs, and those of Keras's code examples.
#include "gtest/gtest.h"
#include "tests/frontend/recorded_models/replay.h"

namespace kiln::keras {
namespace {

class RecordedModel : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedModel, GivesKerasNumbers) { expect_kerass_numbers(GetParam(), interpreted, 3e-5); }

#define KILN_RECORDED_MODELS(suite, file)                                                    \
  INSTANTIATE_TEST_SUITE_P(suite, RecordedModel, ::testing::ValuesIn(recorded_models(file)), \
                           [](const auto& info) { return info.param.name; })

KILN_RECORDED_MODELS(OpenExtents, "open_extents");
KILN_RECORDED_MODELS(InputTypes, "input_types");
KILN_RECORDED_MODELS(Vision, "vision");
KILN_RECORDED_MODELS(Language, "language");
KILN_RECORDED_MODELS(Structured, "structured");
KILN_RECORDED_MODELS(Generative, "generative");

}  // namespace
}  // namespace kiln::keras
