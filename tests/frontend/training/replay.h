// Recorded training, replayed: a model's steps on the recorded batches, against Keras's numbers.
#pragma once

#include "tests/frontend/step_runner.h"
#include "tests/frontend/training/recorded.h"

namespace kiln::keras {

/// Trains and evaluates the model of a case of models.json or masks.json, by that definition: its
/// own, or another that means the same.
void expect_training(const Json& recorded, const Json& definition, const Preparation& prepare,
                     double tolerance);

}  // namespace kiln::keras
