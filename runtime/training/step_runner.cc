#include "runtime/training/step_runner.h"

#include <algorithm>
#include <utility>

namespace kiln::runtime {
namespace {

Array ones(const kiln_tensor& input, int64_t rows) {
  std::vector<int64_t> dims(dims_of(input).begin(), dims_of(input).end());
  dims[0] = rows;
  Array array = allocate(KILN_F32, dims);
  std::fill_n(array.as<float>(), array.element_count(), 1.0f);
  return array;
}

void add_inputs(std::vector<BatchInput>& inputs, const std::vector<Array>& arrays,
                std::span<const kiln_tensor> tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) inputs.emplace_back(arrays[i], tensors[i]);
}

}  // namespace

Expected<StepRunner> StepRunner::create(Session& session, const char* function_name,
                                        const Examples& examples, const std::string& what) {
  KILN_ASSIGN(const kiln_function* function, step_for(session, function_name, examples.x));
  KILN_ASSIGN(const StepInputs step, step_inputs(session.model(), *function));
  KILN_TRY(check_examples(session.model(), *function, examples, what));
  std::vector<Array> weights = examples.sample_weights;
  if (weights.empty()) {
    for (const kiln_tensor& input : step.sample_weights)
      weights.push_back(ones(input, examples.rows()));
  }
  std::vector<BatchInput> inputs;
  add_inputs(inputs, examples.x, step.x);
  add_inputs(inputs, examples.y, step.y);
  add_inputs(inputs, weights, step.sample_weights);
  KILN_ASSIGN(FunctionCall call, FunctionCall::create(session, *function));
  return StepRunner(session, std::move(call), std::move(inputs), examples.rows());
}

StepRunner::StepRunner(Session& session, FunctionCall call, std::vector<BatchInput> inputs,
                       int64_t examples)
    : session_(&session), call_(std::move(call)), inputs_(std::move(inputs)), examples_(examples) {}

int64_t StepRunner::count_of(int64_t index) const {
  return std::min(batch(), examples_ - index * batch());
}

Status StepRunner::keep_examples_on_device() {
  if (session_->device() == nullptr) return ok();
  KILN_ASSIGN(resident_, ResidentExamples::create(*session_, call_.function(), inputs_, examples_));
  return resident_ ? resident_->set_order(order_) : ok();
}

Status StepRunner::set_order(std::vector<uint32_t> order) {
  order_ = std::move(order);
  return resident_ ? resident_->set_order(order_) : ok();
}

Status StepRunner::step(int64_t index) {
  KILN_TRY(call_.begin());
  if (resident_) {
    KILN_TRY(resident_->feed(call_, index));
  } else {
    feed_from_host(index);
  }
  return call_.run();
}

void StepRunner::feed_from_host(int64_t index) {
  const int64_t first = index * batch();
  const int64_t count = count_of(index);
  const uint32_t* order = order_.empty() ? nullptr : order_.data();
  for (size_t i = 0; i < inputs_.size(); ++i)
    inputs_[i].feed(call_, i, session_->pool(), order, first, count);
  *reinterpret_cast<int32_t*>(call_.input(inputs_.size())) = static_cast<int32_t>(count);
  if (index + 1 == steps()) return;
  for (const BatchInput& input : inputs_)
    input.read_ahead(order, first + batch(), count_of(index + 1));
}

Expected<Metrics> StepRunner::metrics() {
  KILN_TRY(call_.fetch());
  KILN_ASSIGN(const std::byte* const outputs, call_.outputs(call_.runs() - 1));
  const std::span<const kiln_tensor> tensors = outputs_of(call_.function());
  Metrics metrics;
  // Output 0 is the loss of the last batch alone.
  for (size_t i = 1; i < tensors.size(); ++i) {
    const auto* value = reinterpret_cast<const float*>(outputs + call_.output_offset(i));
    Metric metric{tensors[i].name, *value};
    if (tensors[i].rank > 0) {
      metric.numbers.assign(value, value + tensors[i].dims[0]);
      metric.value = mean_of(metric.numbers);
    }
    metrics.push_back(std::move(metric));
  }
  std::ranges::sort(metrics, {}, &Metric::name);
  return metrics;
}

std::vector<std::string> StepRunner::array_metrics() const {
  std::vector<std::string> names;
  for (const kiln_tensor& output : outputs_of(call_.function()).subspan(1)) {
    if (output.rank > 0) names.push_back(output.name);
  }
  return names;
}

std::vector<std::string> StepRunner::metric_names() const {
  std::vector<std::string> names;
  for (const kiln_tensor& output : outputs_of(call_.function()).subspan(1))
    names.push_back(output.name);
  std::ranges::sort(names);
  return names;
}

}  // namespace kiln::runtime
