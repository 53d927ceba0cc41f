// Examples that mean nothing, for steps whose time is measured.
#pragma once

#include <cstdint>

#include "runtime/base/abi.h"
#include "runtime/data/examples.h"

namespace kiln::benchmarks {

/// Of the shapes that a step takes, the same each time: numbers in [0, 1), words and classes within
/// the model's limits. Without labels where it takes none.
runtime::Examples random_examples(const kiln_model& model, const kiln_function& step, int64_t rows);

}  // namespace kiln::benchmarks
