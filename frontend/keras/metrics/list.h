// All metrics by their names.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "frontend/keras/metrics/metric.h"
#include "frontend/keras/options/reference.h"

namespace kiln::keras {

/// By Keras's class name, its name in snake case, or a loss's name or alias; with default options.
/// Null where there is none.
std::shared_ptr<MetricRule> make_metric(std::string_view identifier);
/// The error for a name that make_metric() does not know.
Diagnostic unknown_metric(std::string_view identifier);

/// Every class with its options, those that are losses' at the end.
std::vector<ClassReference> metric_reference();

}  // namespace kiln::keras
