#include "tests/benchmarks/random_examples.h"

#include <algorithm>
#include <random>

#include "runtime/model/model_table.h"
#include "tests/benchmarks/must.h"

namespace kiln::benchmarks {
namespace {

/// Rows for an input of a step: numbers in [0, 1), ids or classes below `limit`.
runtime::Array random_rows(const kiln_tensor& input, int64_t rows, int64_t limit) {
  std::vector<int64_t> dims(runtime::dims_of(input).begin(), runtime::dims_of(input).end());
  dims[0] = rows;
  runtime::Array array = runtime::allocate(runtime::element_type_of(input), dims);
  std::mt19937 random(1);
  for (int64_t i = 0; i < array.element_count(); ++i) {
    if (array.type == KILN_F32) {
      array.as<float>()[i] = std::uniform_real_distribution<float>()(random);
    } else {
      array.as<int32_t>()[i] =
          static_cast<int32_t>(random() % static_cast<uint32_t>(std::max<int64_t>(limit, 1)));
    }
  }
  return array;
}

}  // namespace

runtime::Examples random_examples(const kiln_model& model, const kiln_function& step,
                                  int64_t rows) {
  const runtime::StepInputs inputs = must(runtime::step_inputs(model, step));
  runtime::Examples examples;
  for (size_t i = 0; i < inputs.x.size(); ++i)
    examples.x.push_back(random_rows(inputs.x[i], rows, model.inputs[i].index_limit));
  const auto outputs = runtime::labelled_outputs(model);
  for (size_t i = 0; i < inputs.y.size(); ++i)
    examples.y.push_back(random_rows(inputs.y[i], rows, outputs[i]->label_classes));
  return examples;
}

}  // namespace kiln::benchmarks
