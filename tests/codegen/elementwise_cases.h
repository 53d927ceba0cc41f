// Every elementwise op, on ordinary and on awkward numbers, in every element type that it takes.
#pragma once

#include <vector>

#include "tests/codegen/fusion_case.h"

namespace kiln::tests {

std::vector<FusionCase> arithmetic();
std::vector<FusionCase> extremes();
std::vector<FusionCase> transcendental_functions();
std::vector<FusionCase> logic();
/// Signs of what has wrapped.
std::vector<FusionCase> wrapped_signs();
std::vector<FusionCase> comparisons();
std::vector<FusionCase> selects();
std::vector<FusionCase> conversions();

}  // namespace kiln::tests
