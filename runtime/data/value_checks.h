// Which values of data a model can take: looked at once, before the first step.
#pragma once

#include <string>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// "row 3 (counted from 0)", or "row 3, element 5 (counted from 0)" where rows have several.
std::string place_of(const Array& array, int64_t element);

/// No label is NaN, and those of a classifier are its class numbers: integers in [0,
/// label_classes). `where` names the array in the Diagnostic, as in the following.
Status check_labels(const Array& labels, const kiln_output& output, const std::string& where);

/// What a layer looks up is there: every element, its fraction cut off, is in [0, index_limit).
/// Nothing is looked at where there is no such limit.
Status check_indices(const Array& x, const kiln_input& input, const std::string& where);

/// Every weight of an example is a number.
Status check_weights(const Array& weights, const std::string& where);

/// Every element is a whole number that `type`, which is not floating, holds.
Status check_whole(const Array& array, kiln_element_type type, const std::string& where);

}  // namespace kiln::runtime
