// Ctrl-C as a request that a long computation answers between two steps.
#pragma once

namespace kiln::runtime {

/// While one lives, SIGINT and SIGTERM only leave a mark. A second signal ends the program at once.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Whether a signal came while a guard lived.
bool interrupted();

/// The exit status of a program that ended for it: 128 + the signal's number, 130 for Ctrl-C.
int interrupt_status();

}  // namespace kiln::runtime
