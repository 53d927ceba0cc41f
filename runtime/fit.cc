#include "runtime/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/batches.h"
#include "runtime/fit_loop.h"
#include "runtime/progress.h"
#include "runtime/step_runner.h"

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

}  // namespace

Expected<History> fit(Session& session, const Array& x, const Array& y, const FitOptions& options) {
  KILN_TRY(check_options(options));
  if (options.validation_split == 0) return fit(session, x, y, Examples{}, options);
  const int64_t count = x.rows();
  // Lengths that differ are reported for the arrays as given, not for parts of them.
  KILN_ASSIGN(const kiln_function* train_step, session.function("train_step"));
  KILN_TRY(check_examples(session.model(), *train_step, x, y, ""));
  const auto split_at = static_cast<int64_t>(
      std::floor(static_cast<double>(count) * (1.0 - options.validation_split)));
  if (split_at == 0 || split_at == count) {
    return Diagnostic{"x",
                      std::to_string(count) + " examples cannot be split by validation_split=" +
                          shortest_decimal(options.validation_split),
                      "one of the parts would be empty"};
  }
  return fit(session, x.slice_rows(0, split_at), y.slice_rows(0, split_at),
             Examples{x.slice_rows(split_at, count), y.slice_rows(split_at, count)}, options);
}

Expected<History> fit(Session& session, const Array& x, const Array& y, const Examples& validation,
                      const FitOptions& options) {
  KILN_TRY(check_options(options));
  KILN_ASSIGN(StepRunner training, StepRunner::create(session, "train_step", x, y, ""));
  std::optional<StepRunner> testing;
  if (validation.x.storage != nullptr) {
    KILN_ASSIGN(testing, StepRunner::create(session, "test_step", validation.x, validation.y,
                                            "validation "));
  }
  return FitLoop(session, std::move(training), std::move(testing), options).run();
}

Expected<Metrics> evaluate(Session& session, const Array& x, const Array& y,
                           const LogOptions& options) {
  KILN_ASSIGN(StepRunner runner, StepRunner::create(session, "test_step", x, y, ""));
  Progress progress(options.log, verbosity_of(options), runner.steps());
  KILN_TRY(run_test_steps(session, runner, runner.steps(), progress));
  const Metrics metrics = runner.metrics("");
  progress.finish(metrics);
  return metrics;
}

Expected<Array> predict(Session& session, const Array& x) {
  KILN_ASSIGN(const kiln_function* function, session.function("predict_step"));
  if (x.storage == nullptr || x.rows() == 0) return Diagnostic{"x", "has no examples", ""};
  KILN_TRY(check_rows(x, function->inputs[0], "x"));
  KILN_ASSIGN(BatchInput input, BatchInput::create(x, function->inputs[0]));
  const kiln_tensor& output = function->outputs[0];
  std::vector<int64_t> dims(dims_of(output).begin(), dims_of(output).end());
  const Array batch = allocate(element_type_of(output), dims);
  dims[0] = x.rows();
  KILN_ASSIGN(const Array result, try_allocate("predictions", element_type_of(output), dims));
  for (int64_t first = 0; first < x.rows(); first += function->batch) {
    const int64_t count = std::min(function->batch, x.rows() - first);
    const void* inputs[] = {input.gather(session.pool(), nullptr, first, count)};
    void* outputs[] = {batch.data()};
    KILN_TRY(session.run(*function, inputs, outputs));
    std::memcpy(result.row(first), batch.data(), count * batch.row_bytes());
  }
  return result;
}

}  // namespace kiln::runtime
