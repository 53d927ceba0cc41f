#include "runtime/step_runner.h"

#include <algorithm>
#include <utility>

namespace kiln::runtime {

Expected<StepRunner> StepRunner::create(Session& session, const char* function_name, const Array& x,
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

StepRunner::StepRunner(Session& session, const kiln_function& function, BatchInput x, BatchInput y,
                       int64_t examples)
    : session_(&session),
      function_(&function),
      x_(std::move(x)),
      y_(std::move(y)),
      examples_(examples),
      outputs_(allocate(KILN_U8, {function.output_count, KILN_ALIGNMENT})) {
  for (int i = 0; i < function.output_count; ++i) output_pointers_.push_back(outputs_.row(i));
}

Status StepRunner::step(int64_t index, const uint32_t* order) {
  const int64_t first = index * function_->batch;
  const int64_t count = std::min(function_->batch, examples_ - first);
  alignas(KILN_ALIGNMENT) const int32_t count_input = static_cast<int32_t>(count);
  const void* inputs[] = {x_.gather(session_->pool(), order, first, count),
                          y_.gather(session_->pool(), order, first, count), &count_input};
  return session_->run(*function_, inputs, output_pointers_.data());
}

Metrics StepRunner::metrics(const std::string& prefix) const {
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

std::vector<std::string> StepRunner::metric_names() const {
  std::vector<std::string> names;
  for (const Metric& metric : metrics("")) names.push_back(metric.name);
  return names;
}

}  // namespace kiln::runtime
