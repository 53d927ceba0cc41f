// What took how long, one thing after the other, with nothing left out.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kiln {

/// Wall time since it was made, or since a start before that, shared out among what was done: each lap goes to a name, and to the
/// same row where the name has come before, so that the rows add up to the whole.
class Timings {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Timings(Clock::time_point start = Clock::now()) : start_(start), last_(start) {}

  struct Row {
    std::string name;
    double seconds = 0;
  };

  /// The time since the last lap was spent on this.
  void lap(std::string_view name) { row(name) += seconds_since_lap(); }
  /// The same where the seconds of its parts are known; the name gets what they leave.
  void lap(std::string_view name, const std::vector<Row>& parts) {
    double rest = seconds_since_lap();
    for (const Row& part : parts) {
      row(part.name) += part.seconds;
      rest -= part.seconds;
    }
    row(name) += rest;
  }

  /// In the order in which their names came.
  const std::vector<Row>& rows() const { return rows_; }
  double total_seconds() const { return std::chrono::duration<double>(last_ - start_).count(); }

 private:
  double seconds_since_lap() {
    const Clock::time_point before = std::exchange(last_, Clock::now());
    return std::chrono::duration<double>(last_ - before).count();
  }
  double& row(std::string_view name) {
    for (Row& row : rows_) {
      if (row.name == name) return row.seconds;
    }
    return rows_.emplace_back(Row{std::string(name)}).seconds;
  }

  std::vector<Row> rows_;
  Clock::time_point start_;
  Clock::time_point last_;
};

/// A lap where anyone keeps time.
inline void lap(Timings* timings, std::string_view name) {
  if (timings != nullptr) timings->lap(name);
}

}  // namespace kiln
