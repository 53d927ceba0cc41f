// What a run of the benchmarks finds out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codegen/roofline/roofs.h"
#include "tests/benchmarks/samples.h"
#include "tests/benchmarks/step.h"

namespace kiln::benchmarks {

/// A kernel of a step.
struct KernelResult {
  std::string kind, location;
  int64_t calls = 0;
  codegen::Arithmetic arithmetic;
  double bytes = 0;
  codegen::Bound roof;
  double alone = 0;  ///< microseconds of all calls; 0: not measured
};

/// A step of a model.
struct Result {
  std::string model;
  Mode mode = Mode::train;
  int64_t batch = 0;
  int threads = 1;
  Summary ours;  ///< microseconds
  codegen::FunctionBound roof;
  std::optional<Summary> theirs = {};      ///< the peer's
  std::vector<KernelResult> kernels = {};  ///< where they were asked for

  double roof_microseconds() const { return 1e6 * roof.seconds; }
  /// The share of the machine's limit.
  double of_roof() const { return ours.median > 0 ? roof_microseconds() / ours.median : 0; }
};

/// What it was found out on.
struct Machine {
  std::string processor;  ///< its maker's name
  std::string cpu;        ///< LLVM's
  std::string features;   ///< LLVM's
  int cores = 0;
};

struct Report {
  Machine machine;
  std::string date;    ///< UTC, ISO 8601
  std::string commit;  ///< empty: not known; "+" behind it: with changes
  std::string peer;    ///< empty: none
  std::vector<codegen::Roofs> roofs;
  std::vector<Result> results;
};

}  // namespace kiln::benchmarks
