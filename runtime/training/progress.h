// Keras's progress bar.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "runtime/training/history.h"

namespace kiln::runtime {

/// How much is printed, with Keras's numbers.
enum class Verbosity { kSilent = 0, kBar = 1, kLinePerEpoch = 2 };

/// The bar of one epoch or one evaluation. On a terminal it is redrawn a few times a second;
/// elsewhere only its last line is written, without colours, so that logs stay readable.
class Progress {
 public:
  /// Starts the clock. `log` may be null with kSilent.
  Progress(FILE* log, Verbosity verbosity, int64_t steps);

  /// Says that `done` steps are done; true when a redraw is due, which the caller answers with
  /// draw(done, metrics). Costs a comparison in nearly all calls: the clock is read only when time
  /// for a redraw may have come.
  bool due(int64_t done) { return done >= next_check_ && check_clock(done); }

  /// Redraws the bar.
  void draw(int64_t done, const Metrics& metrics);

  /// Writes the last line.
  void finish(const Metrics& metrics);

  /// Ends the line of a bar that will not be finished.
  void end_line();

  /// Seconds since the start.
  double seconds() const;

 private:
  bool check_clock(int64_t done);
  void print_bar(int64_t done, const Metrics& metrics, bool last);

  FILE* log_;
  Verbosity verbosity_;
  bool terminal_;
  int64_t steps_;
  double start_;
  double after_first_step_ = 0;
  double last_draw_ = 0;
  int64_t next_check_ = 1;
  size_t previous_width_ = 0;
};

// The parts of the bar, after keras/src/utils/progbar.py (Keras 3).

/// " - accuracy: 0.9123 - loss: 3.0120e-04": four decimals, or an exponent from 0.001 down.
std::string format_metrics(const Metrics& metrics);

/// "845us/step", "12ms/step", "3s/step".
std::string format_step_time(double seconds);

/// "7s", "1:05", "1:02:03".
std::string format_remaining(double seconds);

/// "  32/1500 ━━━━━━━━━━━━━━━━━━━━", the count as wide as the number of steps; with Keras's colours
/// (the part that is done green, the rest white) on request.
std::string format_bar(int64_t done, int64_t steps, bool colours);

}  // namespace kiln::runtime
