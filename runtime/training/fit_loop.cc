#include "runtime/training/fit_loop.h"

#include <algorithm>
#include <utility>

#include "runtime/base/interrupt.h"
#include "runtime/training/batches.h"

namespace kiln::runtime {
namespace {

std::vector<std::shared_ptr<Callback>> in_order(const std::vector<CallbackHandle>& handles) {
  std::vector<std::shared_ptr<Callback>> callbacks;
  for (const CallbackHandle& handle : handles) callbacks.push_back(handle.get());
  std::stable_partition(callbacks.begin(), callbacks.end(),
                        [](const auto& callback) { return !callback->runs_last(); });
  return callbacks;
}

std::vector<RunSetting> settings_of(const StepRunner& training,
                                    const std::optional<StepRunner>& validation,
                                    const FitOptions& options) {
  return {
      {"batch size", training.batch()},
      {"number of examples", training.examples()},
      {"number of validation examples", validation ? validation->examples() : 0},
      {"seed", static_cast<int64_t>(options.seed)},
      {"shuffle", options.shuffle ? 1 : 0},
      {"steps_per_epoch", options.steps_per_epoch.value_or(0)},
      {"validation_steps", options.validation_steps.value_or(0)},
      {"validation_freq", options.validation_freq},
  };
}

}  // namespace

EpochSteps steps_of_epoch(int64_t steps_in_pass, std::optional<int64_t> steps_per_epoch,
                          int epoch) {
  const int64_t wanted = steps_per_epoch.value_or(steps_in_pass);
  const int64_t epochs_in_pass = (steps_in_pass + wanted - 1) / wanted;
  const int64_t first = epoch % epochs_in_pass * wanted;
  return {static_cast<int>(epoch / epochs_in_pass), first, std::min(wanted, steps_in_pass - first)};
}

Verbosity verbosity_of(int verbose) { return static_cast<Verbosity>(std::clamp(verbose, 0, 2)); }

Status run_test_steps(Session& session, StepRunner& runner, int64_t count, Progress& progress) {
  KILN_TRY(session.reset_metrics());
  for (int64_t step = 0; step < count; ++step) {
    if (interrupted()) {
      progress.end_line();
      return Diagnostic{"", "interrupted after " + std::to_string(step) + " steps", ""};
    }
    KILN_TRY(runner.step(step));
    if (!progress.due(step + 1)) continue;
    KILN_ASSIGN(const Metrics metrics, runner.metrics());
    progress.draw(step + 1, metrics);
  }
  return ok();
}

FitLoop::FitLoop(Session& session, StepRunner training, std::optional<StepRunner> validation,
                 const FitOptions& options)
    : training_steps_(std::move(training)),
      validation_steps_(std::move(validation)),
      options_(options),
      state_{session, options.files, options.log} {
  state_.verbose = options.verbose;
  state_.epochs = options.epochs;
  state_.steps = steps_of_epoch(training_steps_.steps(), options.steps_per_epoch, 0).count;
  state_.metric_names = training_steps_.metric_names();
  state_.array_metrics = training_steps_.array_metrics();
  if (validation_steps_) {
    for (const std::string& name : validation_steps_->metric_names()) {
      state_.metric_names.push_back("val_" + name);
    }
  }
  state_.settings = settings_of(training_steps_, validation_steps_, options);
  state_.callbacks = in_order(options.callbacks);
  state_.history.initial_epoch = options.initial_epoch;
  state_.next.epoch = options.initial_epoch;
  for (const auto& callback : state_.callbacks) {
    watches_batches_ = watches_batches_ || callback->watches_batches();
  }
}

Expected<History> FitLoop::run() {
  for (const auto& callback : state_.callbacks) KILN_TRY(callback->on_train_begin(state_));
  // An epoch that was stopped in its middle still comes to its end.
  while (state_.next.epoch < options_.epochs && (!state_.stop || state_.next.step > 0)) {
    if (const Status status = run_epoch(state_.next.epoch); !status) {
      if (!interrupted_) return status.error();
      KILN_TRY(tell_interruption());
      return std::move(state_.history);
    }
  }
  if (const kiln_function* finalize = state_.session.find_function("finalize"))
    KILN_TRY(state_.session.run(*finalize, nullptr, nullptr));
  for (const auto& callback : state_.callbacks) KILN_TRY(callback->on_train_end(state_));
  return std::move(state_.history);
}

Status FitLoop::stop_for_user(Progress& progress) {
  progress.end_line();
  KILN_TRY(keep_logs());
  interrupted_ = true;
  return Diagnostic{};  // run() knows what happened
}

Status FitLoop::tell_interruption() {
  for (const auto& callback : state_.callbacks) KILN_TRY(callback->on_interrupt(state_));
  const bool resumes = !state_.callbacks.empty() && state_.callbacks.back()->runs_last();
  state_.history.interruption = {"",
                                 "interrupted in epoch " + std::to_string(state_.next.epoch + 1) +
                                     " after " + std::to_string(state_.next.step) + " steps",
                                 resumes ? "the same command goes on from there" : ""};
  return ok();
}

Status FitLoop::run_epoch(int epoch) {
  const EpochSteps steps = steps_of_epoch(training_steps_.steps(), options_.steps_per_epoch, epoch);
  if (options_.verbose != 0 && options_.epochs > 1) {
    std::fprintf(options_.log, "Epoch %d/%d\n", epoch + 1, options_.epochs);
    std::fflush(options_.log);
  }
  Progress progress(options_.log, verbosity_of(options_.verbose), steps.count);
  // An epoch that a checkpoint resumes has begun already.
  if (state_.next.step == 0) {
    KILN_TRY(state_.session.reset_metrics());
    for (const auto& callback : state_.callbacks) {
      KILN_TRY(callback->on_epoch_begin(state_, epoch));
    }
  }
  KILN_TRY(run_steps(steps, progress));
  const double seconds = progress.seconds();
  Metrics logs = state_.logs;
  if (validates_after(epoch)) KILN_TRY(validate(logs));
  return finish_epoch(epoch, logs, progress, seconds);
}

Status FitLoop::run_steps(const EpochSteps& steps, Progress& progress) {
  if (options_.shuffle) {
    KILN_TRY(training_steps_.set_order(
        shuffled_order(training_steps_.examples(), options_.seed, steps.pass)));
  }
  while (state_.next.step < steps.count && !state_.stop) {
    if (interrupted()) return stop_for_user(progress);
    const int64_t step = state_.next.step++;
    KILN_TRY(training_steps_.step(steps.first + step));
    if (watches_batches_) KILN_TRY(finish_batch(step));
    has_run_step_ = true;
    if (!progress.due(step + 1)) continue;
    KILN_ASSIGN(const Metrics metrics, training_steps_.metrics());
    progress.draw(step + 1, metrics);
  }
  return keep_logs();
}

// An epoch whose steps were all done before a checkpoint has its means from there.
Status FitLoop::keep_logs() {
  if (!has_run_step_) return ok();
  KILN_ASSIGN(state_.logs, training_steps_.metrics());
  return ok();
}

Status FitLoop::finish_batch(int64_t step) {
  KILN_ASSIGN(state_.logs, training_steps_.metrics());
  for (const auto& callback : state_.callbacks) {
    if (callback->watches_batches()) KILN_TRY(callback->on_batch_end(state_, step, state_.logs));
  }
  return ok();
}

bool FitLoop::validates_after(int epoch) const {
  return validation_steps_ && (epoch + 1) % options_.validation_freq == 0;
}

// Validation inside fit is silent, as in Keras.
Status FitLoop::validate(Metrics& logs) {
  const int64_t all = validation_steps_->steps();
  Progress silent(nullptr, Verbosity::kSilent, all);
  const Status status =
      run_test_steps(state_.session, *validation_steps_,
                     std::min(all, options_.validation_steps.value_or(all)), silent);
  if (!status) return interrupted() ? stop_for_user(silent) : status;
  KILN_ASSIGN(const Metrics validation, validation_steps_->metrics());
  for (const auto& callback : state_.callbacks) {
    KILN_TRY(callback->on_test_end(state_, validation));
  }
  for (const Metric& metric : validation)
    logs.push_back({"val_" + metric.name, metric.value, metric.numbers});
  return ok();
}

// Keras runs its history and its progress bar behind the other callbacks, too.
Status FitLoop::finish_epoch(int epoch, Metrics& logs, Progress& progress, double seconds) {
  for (const auto& callback : state_.callbacks) {
    if (!callback->runs_last()) KILN_TRY(callback->on_epoch_end(state_, epoch, logs));
  }
  state_.history.append(logs, seconds);
  progress.finish(logs);
  state_.next = {epoch + 1, 0};
  for (const auto& callback : state_.callbacks) {
    if (callback->runs_last()) KILN_TRY(callback->on_epoch_end(state_, epoch, logs));
  }
  return ok();
}

}  // namespace kiln::runtime
