// How long a compiled function takes.
#pragma once

#include "tests/benchmarks/buffers.h"
#include "tests/benchmarks/samples.h"

namespace kiln::benchmarks {

/// Of one call, on buffers of its own: the median over `seconds` of calls in a row.
inline double median_microseconds(runtime::Session& session, const kiln_function& function,
                                  double seconds) {
  Buffers buffers(function);
  const auto call = [&] {
    must(session.run(function, buffers.inputs.data(), buffers.outputs.data()));
  };
  return summary_of(sample_microseconds(call, seconds)).median;
}

}  // namespace kiln::benchmarks
