#include "runtime/base/interrupt.h"

#include <csignal>

namespace kiln::runtime {
namespace {

volatile std::sig_atomic_t received = 0;

void mark(int signal) { received = signal; }

void handle(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  received = 0;
  handle(mark);
}

InterruptGuard::~InterruptGuard() { handle(SIG_DFL); }

bool interrupted() { return received != 0; }

int interrupt_status() { return 128 + received; }

}  // namespace kiln::runtime
