#include "runtime/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/batches.h"
#include "runtime/progress.h"

namespace kiln::runtime {
namespace {

// train_step or test_step with the examples it runs over.
class StepRunner {
 public:
  static Expected<StepRunner> create(Session& session, const char* function_name, const Array& x,
                                     const Array& y, const std::string& what) {
    KILN_ASSIGN(const kiln_function* function, session.function(function_name));
    if (function->input_count != 3 || function->output_count < 1) {
      return Diagnostic{session.model().name,
                        std::string(function_name) + " does not take (x, y, count)", ""};
    }
    KILN_TRY(check_examples(session.model(), *function, x, y, what));
    KILN_ASSIGN(BatchInput batch_x, BatchInput::create(x, function->inputs[0]));
    KILN_ASSIGN(BatchInput batch_y, BatchInput::create(y, function->inputs[1]));
    return StepRunner(session, *function, std::move(batch_x), std::move(batch_y), x.rows());
  }

  int64_t steps() const { return (examples_ + function_->batch - 1) / function_->batch; }

  /// Runs step `index` on the examples that `order` (null: their own) puts there.
  Status step(int64_t index, const uint32_t* order) {
    const int64_t first = index * function_->batch;
    const int64_t count = std::min(function_->batch, examples_ - first);
    alignas(KILN_ALIGNMENT) const int32_t count_input = static_cast<int32_t>(count);
    const void* inputs[] = {x_.gather(session_->pool(), order, first, count),
                            y_.gather(session_->pool(), order, first, count), &count_input};
    return session_->run(*function_, inputs, output_pointers_.data());
  }

  /// The running means after the last step, names sorted and prefixed.
  Metrics metrics(const std::string& prefix) const {
    Metrics metrics;
    // Output 0 is the loss of the last batch alone.
    for (int i = 1; i < function_->output_count; ++i) {
      metrics.push_back({function_->outputs[i].name, *static_cast<float*>(output_pointers_[i])});
    }
    std::sort(metrics.begin(), metrics.end(),
              [](const Metric& a, const Metric& b) { return a.name < b.name; });
    for (Metric& metric : metrics) metric.name = prefix + metric.name;
    return metrics;
  }

 private:
  StepRunner(Session& session, const kiln_function& function, BatchInput x, BatchInput y,
             int64_t examples)
      : session_(&session),
        function_(&function),
        x_(std::move(x)),
        y_(std::move(y)),
        examples_(examples),
        outputs_(allocate(KILN_U8, {function.output_count, KILN_ALIGNMENT})) {
    for (int i = 0; i < function.output_count; ++i) output_pointers_.push_back(outputs_.row(i));
  }

  Session* session_;
  const kiln_function* function_;
  BatchInput x_;
  BatchInput y_;
  int64_t examples_;
  Array outputs_;  // a scalar at the start of each row
  std::vector<void*> output_pointers_;
};

// Zeroes the metrics and runs all steps.
Status run_epoch(Session& session, StepRunner& runner, const uint32_t* order, Progress& progress) {
  session.reset_metrics();
  const int64_t steps = runner.steps();
  for (int64_t step = 0; step < steps; ++step) {
    KILN_TRY(runner.step(step, order));
    if (progress.due(step + 1)) progress.draw(step + 1, runner.metrics(""));
  }
  return ok();
}

Verbosity verbosity_of(const LogOptions& options) {
  return static_cast<Verbosity>(std::clamp(options.verbose, 0, 2));
}

// Validation inside fit is silent, as in Keras.
Status append_validation(Session& session, StepRunner& runner, Metrics& metrics) {
  Progress silent(nullptr, Verbosity::kSilent, runner.steps());
  KILN_TRY(run_epoch(session, runner, nullptr, silent));
  const Metrics validation = runner.metrics("val_");
  metrics.insert(metrics.end(), validation.begin(), validation.end());
  return ok();
}

void print_epoch_title(const FitOptions& options, int epoch) {
  if (options.verbose == 0 || options.epochs <= 1) return;
  std::fprintf(options.log, "Epoch %d/%d\n", epoch + 1, options.epochs);
  std::fflush(options.log);
}

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
  return ok();
}

Expected<History> fit_checked(Session& session, StepRunner training,
                              std::optional<StepRunner> validation, int64_t examples,
                              const FitOptions& options) {
  History history;
  history.initial_epoch = options.initial_epoch;
  for (int epoch = options.initial_epoch; epoch < options.epochs; ++epoch) {
    print_epoch_title(options, epoch);
    Progress progress(options.log, verbosity_of(options), training.steps());
    std::vector<uint32_t> order;
    if (options.shuffle) order = shuffled_order(examples, options.seed, epoch);
    KILN_TRY(run_epoch(session, training, options.shuffle ? order.data() : nullptr, progress));
    const double seconds = progress.seconds();
    Metrics metrics = training.metrics("");
    if (validation) KILN_TRY(append_validation(session, *validation, metrics));
    progress.finish(metrics);
    history.append(metrics, seconds);
    if (options.on_epoch_end && !options.on_epoch_end(epoch, metrics)) break;
  }
  return history;
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
  return fit_checked(session, std::move(training), std::move(testing), x.rows(), options);
}

Expected<Metrics> evaluate(Session& session, const Array& x, const Array& y,
                           const LogOptions& options) {
  KILN_ASSIGN(StepRunner runner, StepRunner::create(session, "test_step", x, y, ""));
  Progress progress(options.log, verbosity_of(options), runner.steps());
  KILN_TRY(run_epoch(session, runner, nullptr, progress));
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
