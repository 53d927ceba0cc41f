#include "runtime/step_runner.h"

#include <algorithm>
#include <utility>

namespace kiln::runtime {
namespace {

Array ones(const kiln_tensor& input, int64_t rows) {
  std::vector<int64_t> dims(dims_of(input).begin(), dims_of(input).end());
  dims[0] = rows;
  const Array array = allocate(KILN_F32, dims);
  std::fill_n(array.as<float>(), array.element_count(), 1.0f);
  return array;
}

Status add_inputs(std::vector<BatchInput>& inputs, const std::vector<Array>& arrays,
                  std::span<const kiln_tensor> tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    KILN_ASSIGN(BatchInput input, BatchInput::create(arrays[i], tensors[i]));
    inputs.push_back(std::move(input));
  }
  return ok();
}

}  // namespace

Expected<StepRunner> StepRunner::create(Session& session, const char* function_name,
                                        const Examples& examples, const std::string& what) {
  KILN_ASSIGN(const kiln_function* function, session.function(function_name));
  KILN_ASSIGN(const StepInputs step, step_inputs(session.model(), *function));
  KILN_TRY(check_examples(session.model(), *function, examples, what));
  std::vector<Array> weights = examples.sample_weights;
  if (weights.empty()) {
    for (const kiln_tensor& input : step.sample_weights)
      weights.push_back(ones(input, examples.rows()));
  }
  std::vector<BatchInput> inputs;
  KILN_TRY(add_inputs(inputs, examples.x, step.x));
  KILN_TRY(add_inputs(inputs, examples.y, step.y));
  KILN_TRY(add_inputs(inputs, weights, step.sample_weights));
  return StepRunner(session, *function, std::move(inputs), examples.rows());
}

StepRunner::StepRunner(Session& session, const kiln_function& function,
                       std::vector<BatchInput> inputs, int64_t examples)
    : session_(&session),
      function_(&function),
      inputs_(std::move(inputs)),
      examples_(examples),
      outputs_(allocate(KILN_U8, {function.output_count, KILN_ALIGNMENT})) {
  for (int i = 0; i < function.output_count; ++i) output_pointers_.push_back(outputs_.row(i));
}

int64_t StepRunner::count_of(int64_t index) const {
  return std::min(function_->batch, examples_ - index * function_->batch);
}

Status StepRunner::step(int64_t index, const uint32_t* order) {
  const int64_t first = index * function_->batch;
  const int64_t count = count_of(index);
  alignas(KILN_ALIGNMENT) const int32_t count_input = static_cast<int32_t>(count);
  std::vector<const void*> inputs;
  inputs.reserve(inputs_.size() + 1);
  for (BatchInput& input : inputs_)
    inputs.push_back(input.gather(session_->pool(), order, first, count));
  inputs.push_back(&count_input);
  if (index + 1 < steps()) {
    for (const BatchInput& input : inputs_)
      input.read_ahead(order, first + function_->batch, count_of(index + 1));
  }
  return session_->run(*function_, inputs.data(), output_pointers_.data());
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
