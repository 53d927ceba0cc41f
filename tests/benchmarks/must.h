// How benchmarks end where something goes wrong.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "runtime/base/expected.h"

namespace kiln::benchmarks {

/// The value, or the end of the program with the error.
template <typename T>
T must(Expected<T> value) {
  if (value) return std::move(*value);
  fmt::print(stderr, "{}\n", value.error().to_string());
  std::exit(2);
}

}  // namespace kiln::benchmarks
