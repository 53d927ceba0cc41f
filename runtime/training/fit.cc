#include "runtime/training/fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/training/batches.h"
#include "runtime/training/fit_loop.h"
#include "runtime/training/progress.h"
#include "runtime/training/step_runner.h"

namespace kiln::runtime {
namespace {

Status check_options(const FitOptions& options) {
  if (options.epochs < 0 || options.initial_epoch < 0) {
    return Diagnostic{"", "the number of epochs must not be negative", ""};
  }
  if (!(options.validation_split >= 0 && options.validation_split < 1)) {
    return Diagnostic{"",
                      "validation_split is " + shortest_decimal(options.validation_split) +
                          ", it must be at least 0 and below 1",
                      ""};
  }
  for (const std::optional<int64_t> steps : {options.steps_per_epoch, options.validation_steps}) {
    if (steps && *steps < 1) {
      return Diagnostic{"", "steps_per_epoch and validation_steps must be positive", ""};
    }
  }
  if (options.validation_freq < 1) {
    return Diagnostic{"", "validation_freq must be positive", ""};
  }
  return ok();
}

/// Puts the examples on the device where `runs` of `steps` (nothing: all) each would bring some of
/// them there twice.
Status keep_if_seen_again(StepRunner& runner, int64_t runs, std::optional<int64_t> steps) {
  const int64_t pass = runner.steps();
  const bool again = runs * std::min(pass, steps.value_or(pass)) > pass;
  return again ? runner.keep_examples_on_device() : ok();
}

}  // namespace

int64_t rows_before_split(int64_t rows, double validation_split) {
  return static_cast<int64_t>(std::floor(static_cast<double>(rows) * (1.0 - validation_split)));
}

Expected<History> fit(Session& session, const Examples& examples, const FitOptions& options) {
  KILN_TRY(check_options(options));
  if (options.validation_split == 0) return fit(session, examples, Examples{}, options);
  const int64_t count = examples.rows();
  // Lengths that differ are reported for the arrays as given, not for parts of them.
  KILN_ASSIGN(const kiln_function* train_step, step_for(session, "train_step", examples.x));
  KILN_TRY(check_examples(session.model(), *train_step, examples, ""));
  const int64_t split_at = rows_before_split(count, options.validation_split);
  if (split_at == 0 || split_at == count) {
    return Diagnostic{"x",
                      std::to_string(count) + " examples cannot be split by validation_split=" +
                          shortest_decimal(options.validation_split),
                      "one of the parts would be empty"};
  }
  return fit(session, examples.slice_rows(0, split_at), examples.slice_rows(split_at, count),
             options);
}

Expected<History> fit(Session& session, const Examples& examples, const Examples& validation,
                      const FitOptions& options) {
  KILN_TRY(check_options(options));
  Examples weighted = examples;
  if (!options.class_weight.empty())
    KILN_TRY(apply_class_weights(options.class_weight, session.model(), weighted));
  KILN_ASSIGN(StepRunner training, StepRunner::create(session, "train_step", weighted, ""));
  std::optional<StepRunner> testing;
  if (!validation.empty()) {
    KILN_ASSIGN(testing, StepRunner::create(session, "test_step", validation, "validation "));
  }
  const int64_t epochs = options.epochs - options.initial_epoch;
  KILN_TRY(keep_if_seen_again(training, epochs, options.steps_per_epoch));
  if (testing) {
    const int64_t validations =
        options.epochs / options.validation_freq - options.initial_epoch / options.validation_freq;
    KILN_TRY(keep_if_seen_again(*testing, validations, options.validation_steps));
  }
  return FitLoop(session, std::move(training), std::move(testing), options).run();
}

Expected<Metrics> evaluate(Session& session, const Examples& examples,
                           const EvaluateOptions& options) {
  KILN_ASSIGN(StepRunner runner, StepRunner::create(session, "test_step", examples, ""));
  Progress progress(options.log, verbosity_of(options.verbose), runner.steps());
  KILN_TRY(run_test_steps(session, runner, runner.steps(), progress));
  KILN_ASSIGN(const Metrics metrics, runner.metrics());
  progress.finish(metrics);
  return metrics;
}

}  // namespace kiln::runtime
