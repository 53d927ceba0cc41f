// Keras's class_weight: how much the examples of each class count in training.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "runtime/base/expected.h"
#include "runtime/data/examples.h"

namespace kiln::runtime {

/// The weight of each class; classes that are not there count 1.
using ClassWeights = std::map<int64_t, double>;

/// From text like "0:1,1:5.5"; none from no text.
Expected<ClassWeights> parse_class_weights(const std::string& text);

/// Gives every example the weight of its class as its sample weight. The model has one output whose
/// labels are a class number or a one-hot row for each example, and takes sample weights; the
/// examples have none yet. Anything else is a Diagnostic.
Status apply_class_weights(const ClassWeights& weights, const kiln_model& model,
                           Examples& examples);

}  // namespace kiln::runtime
