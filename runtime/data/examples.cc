#include "runtime/data/examples.h"

#include <string>
#include <utility>

namespace kiln::runtime {
namespace {

std::vector<Array> slices(const std::vector<Array>& arrays, int64_t begin, int64_t end) {
  std::vector<Array> result;
  for (const Array& array : arrays) result.push_back(array.slice_rows(begin, end));
  return result;
}

}  // namespace

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
