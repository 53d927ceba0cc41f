// Results for programs.
#pragma once

#include <string>

#include "runtime/base/expected.h"
#include "tests/benchmarks/result.h"

namespace kiln::benchmarks {

/// All figures as JSON text: on one line, or for people to read. Times are in microseconds ("us"),
/// rates in units a second.
std::string to_json(const Report& report, bool on_one_line);

/// The report as a file, or as one more line of a file.
Status write_json(const std::string& path, const Report& report);
Status append_json_line(const std::string& path, const Report& report);

}  // namespace kiln::benchmarks
