// What figures depend on besides the code that is measured.
#pragma once

#include <string>

#include "tests/benchmarks/result.h"

namespace kiln::benchmarks {

Machine this_machine();

/// Now, UTC: "2026-01-31T23:59:59Z".
std::string date_of_now();

/// Of the checkout that `bazel run` runs in; empty where there is none.
std::string commit_of_checkout();

}  // namespace kiln::benchmarks
