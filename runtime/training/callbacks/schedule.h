// Learning rates as functions of the epoch, by name: Keras's schedules, which count steps, with
// epochs in their place. Source: keras/src/optimizers/schedules (Keras 3).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// A learning rate that depends on the epoch alone.
struct Schedule {
  std::optional<double> initial_learning_rate;  ///< nothing: the optimizer's, when training begins
  /// The learning rate of `epoch`, from 0.
  std::function<double(double initial_learning_rate, int epoch)> rate;
};

/// Reads "NAME,OPTION=VALUE,...", where all but piecewise also take initial_learning_rate=R:
///   exponential,decay_rate=R[,decay_epochs=N][,staircase]
///   step,factor=R,every=N                                 times R after every N epochs
///   inverse_time,decay_rate=R[,decay_epochs=N][,staircase]
///   polynomial,decay_epochs=N[,end_learning_rate=R][,power=P][,cycle]
///   cosine,decay_epochs=N[,alpha=A][,warmup_target=R,warmup_epochs=N]
///   cosine_restarts,first_decay_epochs=N[,t_mul=T][,m_mul=M][,alpha=A]
///   piecewise,boundaries=N:N:...,values=R:R:...           the first value up to and with the first
///                                                         boundary; one value more than boundaries
/// `where` opens the errors.
Expected<Schedule> read_schedule(const std::string& where, const std::string& text);

}  // namespace kiln::runtime
