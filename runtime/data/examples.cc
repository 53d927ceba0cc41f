#include "runtime/data/examples.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace kiln::runtime {
namespace {

std::vector<Array> slices(const std::vector<Array>& arrays, int64_t begin, int64_t end) {
  std::vector<Array> result;
  for (const Array& array : arrays) result.push_back(array.slice_rows(begin, end));
  return result;
}

std::vector<int64_t> without_ones(std::span<const int64_t> dims) {
  std::vector<int64_t> result;
  std::ranges::copy_if(dims, std::back_inserter(result), [](int64_t d) { return d != 1; });
  return result;
}

// "test_step.8x2" and "test_step" are both functions of the step "test_step".
bool is_step(std::string_view function, std::string_view name) {
  return function.starts_with(name) &&
         (function.size() == name.size() || function[name.size()] == '.');
}

}  // namespace

bool same_rows(std::span<const int64_t> a, std::span<const int64_t> b) {
  return without_ones(a) == without_ones(b);
}

// The first dimension is the batch.
bool takes_rows(const kiln_function& function, const std::vector<Array>& x) {
  if (function.input_count < static_cast<int64_t>(x.size())) return false;
  for (size_t i = 0; i < x.size(); ++i) {
    const kiln_tensor& input = function.inputs[i];
    if (input.rank < 1 || x[i].rank() < 1) return false;
    const std::span<const int64_t> dims(input.dims, static_cast<size_t>(input.rank));
    if (!same_rows(dims.subspan(1), x[i].row_dims())) return false;
  }
  return true;
}

const kiln_function* find_step(const kiln_model& model, std::string_view name,
                               const std::vector<Array>& x) {
  const kiln_function* first = nullptr;
  for (int32_t i = 0; i < model.function_count; ++i) {
    const kiln_function& function = model.functions[i];
    if (!is_step(function.name, name)) continue;
    if (takes_rows(function, x)) return &function;
    if (first == nullptr || function.name == name) first = &function;
  }
  return first;
}

Examples::Examples(Array x_array, Array y_array) {
  x.push_back(std::move(x_array));
  if (y_array.storage != nullptr) y.push_back(std::move(y_array));
}

Examples Examples::slice_rows(int64_t begin, int64_t end) const {
  Examples result;
  result.x = slices(x, begin, end);
  result.y = slices(y, begin, end);
  result.sample_weights = slices(sample_weights, begin, end);
  return result;
}

std::vector<const kiln_output*> labelled_outputs(const kiln_model& model) {
  std::vector<const kiln_output*> result;
  for (int32_t i = 0; i < model.output_count; ++i) {
    if (model.outputs[i].loss[0] != 0) result.push_back(&model.outputs[i]);
  }
  return result;
}

Expected<StepInputs> step_inputs(const kiln_model& model, const kiln_function& function) {
  const std::span<const kiln_tensor> inputs(function.inputs,
                                            static_cast<size_t>(function.input_count));
  const auto x = static_cast<size_t>(model.input_count);
  const size_t y = labelled_outputs(model).size();
  if (x > 0 && inputs.size() == x) return StepInputs{inputs, {}, {}};
  if (x > 0 && inputs.size() == x + y + 1) {
    return StepInputs{inputs.first(x), inputs.subspan(x, y), {}};
  }
  if (x > 0 && inputs.size() == x + 2 * y + 1) {
    return StepInputs{inputs.first(x), inputs.subspan(x, y), inputs.subspan(x + y, y)};
  }
  return Diagnostic{
      model.name,
      std::string(function.name) + " does not take the model's inputs, its labels and their count",
      ""};
}

}  // namespace kiln::runtime
