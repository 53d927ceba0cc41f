// Internal invariants: a failed KILN_CHECK is a bug in kiln, never a user's mistake.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace kiln {

/// Prints where and what, asks for a report, aborts.
[[noreturn]] inline void internal_error(const char* file, int line, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "internal error: {}:{}: {}\nnote: this is a bug in kiln\n", file, line,
             message);
  std::abort();
}

}  // namespace kiln

/// KILN_CHECK(condition, format, ...): aborts with the formatted message unless the condition
/// holds.
#define KILN_CHECK(CONDITION, ...)                                                          \
  do {                                                                                      \
    if (!(CONDITION)) ::kiln::internal_error(__FILE__, __LINE__, fmt::format(__VA_ARGS__)); \
  } while (false)
