// What a generated executable prints about its model and its predictions.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"

namespace kiln::runtime {

/// The answer of `info`: the summary, the functions with their batches, kernels and arenas, the
/// variables, the sizes, and what the checkpoint, which may be null, holds.
std::string describe_model(const kiln_model& model, const kiln_checkpoint* checkpoint);

/// The answer of `predict`: a line for each of the first `limit` rows of predictions [rows, ...].
/// For a classifier the class of the largest output, counted from 0, and that output; else the
/// outputs.
std::string describe_predictions(const kiln_output& output, const Array& predictions,
                                 int64_t limit);

/// True where the output is the scores of classes.
bool is_classifier(const kiln_output& output, const Array& predictions);

}  // namespace kiln::runtime
