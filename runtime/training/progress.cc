#include "runtime/training/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace kiln::runtime {
namespace {

constexpr double kRedrawSeconds = 0.05;
constexpr int kBarWidth = 20;
constexpr const char* kBold = "\033[1m";
constexpr const char* kGreen = "\033[32m";
constexpr const char* kWhite = "\033[37m";
constexpr const char* kPlain = "\033[0m";

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[64];
  std::snprintf(text, sizeof(text), pattern, values...);
  return text;
}

std::string repeat(const char* piece, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += piece;
  return text;
}

// Characters on the screen: escape sequences take none, a character of UTF-8 takes one.
size_t screen_width(const std::string& text) {
  size_t width = 0;
  bool escape = false;
  for (char c : text) {
    if (c == '\033') escape = true;
    if (!escape && (c & 0xc0) != 0x80) ++width;
    if (c == 'm') escape = false;
  }
  return width;
}

std::string bold(const std::string& text, bool colours) {
  return colours ? kBold + text + kPlain : text;
}

}  // namespace

std::string format_metrics(const Metrics& metrics) {
  std::string text;
  for (const Metric& metric : metrics) {
    // NaN goes with the small ones, as in Keras: the comparison is false.
    const char* pattern = std::fabs(metric.value) > 1e-3 ? "%.4f" : "%.4e";
    // printf would show NaN's sign, which means nothing.
    text += " - " + metric.name + ": " +
            (std::isnan(metric.value) ? "nan" : format(pattern, metric.value));
  }
  return text;
}

std::string format_step_time(double seconds) {
  if (seconds >= 1 || seconds == 0) return format("%.0fs/step", seconds);
  if (seconds >= 1e-3) return format("%.0fms/step", seconds * 1e3);
  return format("%.0fus/step", seconds * 1e6);
}

std::string format_remaining(double seconds) {
  const auto whole = static_cast<long long>(seconds);
  if (seconds > 3600) {
    return format("%lld:%02lld:%02lld", whole / 3600, whole % 3600 / 60, whole % 60);
  }
  if (seconds > 60) return format("%lld:%02lld", whole / 60, whole % 60);
  return format("%llds", whole);
}

std::string format_bar(int64_t done, int64_t steps, bool colours) {
  const std::string total = std::to_string(steps);
  const std::string count =
      format("%*lld/", static_cast<int>(total.size()), static_cast<long long>(done)) + total;
  const int full = steps > 0 ? static_cast<int>(kBarWidth * done / steps) : kBarWidth;
  const std::string left = repeat("\u2501", full);
  const std::string right = repeat("\u2501", kBarWidth - full);
  if (!colours) return count + " " + left + right;
  std::string text = bold(count, true) + " ";
  if (full > 0) text += kGreen + left + kPlain;
  return text + kWhite + right + kPlain;
}

Progress::Progress(FILE* log, Verbosity verbosity, int64_t steps)
    : log_(log),
      verbosity_(verbosity),
      terminal_(verbosity == Verbosity::kBar && isatty(fileno(log))),
      steps_(steps),
      start_(now()) {}

double Progress::seconds() const { return now() - start_; }

bool Progress::check_clock(int64_t done) {
  const double time = now();
  // The first step is not representative: it meets cold caches and sleeping threads.
  if (done == 1) after_first_step_ = time;
  if (!terminal_) {
    next_check_ = INT64_MAX;
    return false;
  }
  const double step_seconds = std::max((time - start_) / static_cast<double>(done), 1e-9);
  next_check_ = done + 1 + static_cast<int64_t>(kRedrawSeconds / 4 / step_seconds);
  if (time - last_draw_ < kRedrawSeconds) return false;
  last_draw_ = time;
  return true;
}

void Progress::draw(int64_t done, const Metrics& metrics) { print_bar(done, metrics, false); }

void Progress::finish(const Metrics& metrics) {
  if (verbosity_ != Verbosity::kSilent) print_bar(steps_, metrics, true);
}

void Progress::end_line() {
  if (previous_width_ == 0) return;
  std::fputs("\n", log_);
  std::fflush(log_);
}

void Progress::print_bar(int64_t done, const Metrics& metrics, bool last) {
  const double time = now();
  const double step_seconds =
      after_first_step_ > 0 && done > 1
          ? (time - after_first_step_) / static_cast<double>(done - 1)
          : (time - start_) / static_cast<double>(std::max<int64_t>(done, 1));
  const std::string elapsed = format("%.0fs", time - start_);
  std::string line;
  if (verbosity_ == Verbosity::kLinePerEpoch) {
    const std::string total = std::to_string(steps_);
    line = total + "/" + total + " - " + elapsed + " - " + format_step_time(step_seconds);
  } else {
    const std::string shown =
        last ? elapsed : format_remaining(step_seconds * static_cast<double>(steps_ - done));
    line = format_bar(done, steps_, terminal_) + " " + bold(shown, terminal_) + " " +
           format_step_time(step_seconds);
  }
  line += format_metrics(metrics);
  const size_t width = screen_width(line);
  // A shorter line than the one before must cover its end.
  if (terminal_ && width < previous_width_) line += std::string(previous_width_ - width, ' ');
  previous_width_ = width;
  std::fprintf(log_, "%s%s%s", terminal_ ? "\r" : "", line.c_str(), last ? "\n" : "");
  std::fflush(log_);
}

}  // namespace kiln::runtime
