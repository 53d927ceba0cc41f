// Results that a test needs, and errors that it waits for.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// The value, or a failed test that ends the program.
template <typename T>
T must(Expected<T> expected) {
  if (expected) return std::move(*expected);
  ADD_FAILURE() << expected.error().to_string();
  std::abort();
}

/// The error's text; a failed test where there is none.
template <typename T>
std::string error_of(const Expected<T>& expected) {
  if (!expected) return expected.error().to_string();
  ADD_FAILURE() << "no error";
  return "";
}

}  // namespace kiln::keras
