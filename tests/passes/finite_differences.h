// Gradients, by tests::evaluator, against central finite differences, by the interpreter; in f64.
#pragma once

#include "tests/passes/evaluation.h"

namespace kiln::passes {

/// Expects that the gradients of sum(formula(x) * random weights) with respect to every float
/// argument are, to `tolerance` (relative to the larger of 1 and the gradient), the central
/// differences of that sum. The formula's first result is taken; it and the arguments are f64.
void expect_gradients(const Formula& formula, const std::vector<ir::Literal>& arguments,
                      uint64_t seed, double tolerance = 1e-6);

}  // namespace kiln::passes
