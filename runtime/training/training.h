// A run of fit() as its callbacks see it.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"
#include "runtime/training/history.h"
#include "runtime/training/state_archive.h"

namespace kiln::runtime {

class Callback;

/// The step that comes next: `step` of `epoch`, both counted from 0. After an epoch's last step and
/// before its end, `step` is the number of its steps.
struct Position {
  int epoch = 0;
  int64_t step = 0;
};

/// What decides the numbers of a run besides the model: a checkpoint goes on only in a run that
/// agrees. `value` is compared, `name` says in errors what differs.
struct RunSetting {
  std::string name;
  int64_t value;
};

/// What a callback may look at and change; Keras's `self.model` and `self.params` in one.
struct Training {
  Session& session;
  const WeightFiles& files;
  FILE* log;          ///< where callbacks print
  int verbose = 1;    ///< as in fit()
  int epochs = 0;     ///< the number of the last epoch, from 1
  int64_t steps = 0;  ///< of an epoch
  std::vector<std::string> metric_names =
      {};  ///< what an epoch's logs can hold, "loss", "val_loss"
  std::vector<std::string> array_metrics = {};  ///< those that have several numbers
  std::vector<RunSetting> settings = {};
  std::vector<std::shared_ptr<Callback>> callbacks = {};
  History history = {};
  Position next = {};
  Metrics logs = {};  ///< the running means after the epoch's last step
  bool stop = false;  ///< Keras's stop_training: the epoch ends after this step

  /// The optimizer's learning rate. An error where it has none that can be set (it follows a
  /// schedule of its own).
  Expected<double> learning_rate() const;
  /// Rounds it to f32.
  Status set_learning_rate(double value);

  /// All of the run but the model's variables: position, history and each callback's own state.
  void visit_state(StateArchive& state);
};

/// Keras's interface for what happens beside training. A callback may be used for several runs, one
/// after the other: on_train_begin() starts it anew. The first error ends the training.
class Callback {
 public:
  virtual ~Callback() = default;

  /// Keras's class name, for messages: "EarlyStopping".
  virtual const char* name() const = 0;

  virtual Status on_train_begin(Training&) { return ok(); }
  virtual Status on_epoch_begin(Training&, int /*epoch*/) { return ok(); }
  /// After a training step; `logs` are the running means of the epoch. Called only where
  /// watches_batches().
  virtual Status on_batch_end(Training&, int64_t /*batch*/, const Metrics& /*logs*/) {
    return ok();
  }
  virtual bool watches_batches() const { return false; }
  /// After a validation; the names in `logs` have no "val_".
  virtual Status on_test_end(Training&, const Metrics& /*logs*/) { return ok(); }
  /// After an epoch and its validation. What it adds to `logs`, the callbacks behind it, the
  /// history and the progress bar see, too.
  virtual Status on_epoch_end(Training&, int /*epoch*/, Metrics& /*logs*/) { return ok(); }
  virtual Status on_train_end(Training&) { return ok(); }
  /// When the user stops the training between two steps.
  virtual Status on_interrupt(Training&) { return ok(); }

  /// Lists what on_train_begin() sets anew and the other functions change, so that a run that goes
  /// on from a checkpoint ends as if it had never stopped.
  virtual void visit_state(StateArchive&) {}
  /// Whether it must see what all others and the history have done: it then runs after them.
  virtual bool runs_last() const { return false; }
};

/// A callback as FitOptions takes it: EarlyStopping({.patience = 3}), or one that the caller keeps.
class CallbackHandle {
 public:
  template <std::derived_from<Callback> T>
  CallbackHandle(T callback) : callback_(std::make_shared<T>(std::move(callback))) {}
  template <std::derived_from<Callback> T>
  CallbackHandle(std::shared_ptr<T> callback) : callback_(std::move(callback)) {}

  const std::shared_ptr<Callback>& get() const { return callback_; }

 private:
  std::shared_ptr<Callback> callback_;
};

/// Sets `name` in `logs`, where it comes last if it is new.
void set_metric(Metrics& logs, const std::string& name, double value);
/// The value of `name`, or null.
const double* find_metric(const Metrics& logs, const std::string& name);
/// `what` takes a metric of one number: this one must not have several.
Status check_one_number(const Training& training, const std::string& metric, const char* what);

}  // namespace kiln::runtime
