#include "tests/benchmarks/samples.h"

#include <algorithm>
#include <chrono>

namespace kiln::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of so many calls in a row.
double seconds_of(const std::function<void()>& call, int calls) {
  const auto start = Clock::now();
  for (int i = 0; i < calls; ++i) call();
  return seconds_since(start);
}

}  // namespace

Summary summary_of(std::vector<double> times) {
  if (times.empty()) return {};
  std::sort(times.begin(), times.end());
  const auto at = [&](size_t numerator) { return times[(times.size() - 1) * numerator / 4]; };
  return {times.size(), times[times.size() / 2], times.front(), at(1), at(3)};
}

std::vector<double> sample_microseconds(const std::function<void()>& call, double seconds) {
  constexpr double kGroupSeconds = 5e-3;
  constexpr int kMostCalls = 10000;
  constexpr size_t kLeastSamples = 3;
  call();
  // Caches, branch predictors and the clock take some calls more.
  int calls = 1;
  double group = seconds_of(call, calls);
  while (group < kGroupSeconds && calls < kMostCalls) {
    calls = std::clamp(static_cast<int>(kGroupSeconds / std::max(group / calls, 1e-8)) + 1,
                       calls + 1, kMostCalls);
    group = seconds_of(call, calls);
  }
  std::vector<double> times;
  const auto start = Clock::now();
  while (times.size() < kLeastSamples || seconds_since(start) < seconds)
    times.push_back(1e6 * seconds_of(call, calls) / calls);
  return times;
}

}  // namespace kiln::benchmarks
