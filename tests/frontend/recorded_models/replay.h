// Whole models that record.py recorded with Keras, replayed.
#pragma once

#include <string>
#include <vector>

#include "tests/frontend/recorded.h"
#include "tests/frontend/step_runner.h"

namespace kiln::keras {

/// The models of data/FILE.json.
std::vector<Recorded> recorded_models(const std::string& file);

/// Expects Keras's numbers, within the tolerance, from the model lowered for the shapes of both of
/// its sets of data: predictions for both, a step of SGD on the first, an evaluation on the second.
void expect_kerass_numbers(const Recorded& model, const Preparation& prepare, double tolerance);

}  // namespace kiln::keras
