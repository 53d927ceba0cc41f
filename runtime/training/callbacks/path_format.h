// File names with the epoch and its metrics in them, as Python's str.format() writes them:
// "model-{epoch:02d}-{val_loss:.2f}.npz".
#pragma once

#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/training/history.h"

namespace kiln::runtime {

/// The names in braces of `pattern`, in order. Errors: a brace without its other ("{{" and "}}"
/// stand for the braces themselves), a format that is not [0][WIDTH][.PRECISION][d|e|f|g|%].
Expected<std::vector<std::string>> names_in(const std::string& pattern);

/// `pattern` with the values of `values` for its names; `epoch` and `batch` are written as whole
/// numbers. Errors: those of names_in(), and a name that `values` lacks.
Expected<std::string> format_path(const std::string& pattern, const Metrics& values);

}  // namespace kiln::runtime
