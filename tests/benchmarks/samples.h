// Times of the same work, measured again and again.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace kiln::benchmarks {

/// What a set of times says.
struct Summary {
  size_t samples = 0;
  double median = 0;
  double least = 0;
  double lower_quartile = 0, upper_quartile = 0;

  /// The middle half's extent in shares of the median: how far to trust it.
  double spread() const { return median > 0 ? (upper_quartile - lower_quartile) / median : 0; }
};
/// All zero where there are no times.
Summary summary_of(std::vector<double> times);

/// Microseconds a call, for `seconds` in all and three times at least, after calls that warm up.
/// Calls of less than some milliseconds are measured in groups, by the mean.
std::vector<double> sample_microseconds(const std::function<void()>& call, double seconds);

}  // namespace kiln::benchmarks
