// Loops as recurrent layers have them, for tests of what reads or rewrites scans.
#pragma once

#include "ir/scan.h"
#include "tests/passes/evaluation.h"

namespace kiln::passes {

/// A recurrent layer as a formula, with the types of its arguments.
struct Recurrence {
  Formula formula;
  std::vector<ir::Shape> shapes;

  std::vector<ir::Type> types(ir::ElementType element) const {
    std::vector<ir::Type> all;
    for (const ir::Shape& shape : shapes) all.push_back({element, shape});
    return all;
  }
};

/// h[t] = tanh(h[t-1] u + x[t] w): h of every step, or the last.
/// Arguments: h [batch, units], x [time, batch, features], u, w.
Recurrence simple_rnn(bool every_step, bool reverse);

/// An LSTM with its input projection in the loop: h of every step, the last h, the last c.
/// Arguments: h, c [batch, units], x [time, batch, features], kernel, recurrent kernel, bias.
Recurrence lstm(int64_t time, int64_t batch, int64_t features, int64_t units);

/// A loop in a loop, the inner one in reverse: what the inner one puts out, stacked, and the outer
/// one's last carry. Arguments: start [n], x [outer steps, inner steps, n], w [n].
Recurrence nested_scans();

/// The recurrence followed by the gradients of sum(first result * weights) with respect to all
/// arguments: a training step without its update.
Recurrence with_gradients(const Recurrence& recurrence);

}  // namespace kiln::passes
