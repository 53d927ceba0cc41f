#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "runtime/model/function_call.h"
#include "runtime/training/batches.h"
#include "runtime/training/fit.h"

namespace kiln::runtime {
namespace {

// An array for each output, of as many rows as there are examples.
Expected<std::vector<Array>> allocate_outputs(const kiln_function& function, int64_t rows) {
  std::vector<Array> outputs;
  for (const kiln_tensor& tensor : outputs_of(function)) {
    std::vector<int64_t> dims(dims_of(tensor).begin(), dims_of(tensor).end());
    dims[0] = rows;
    KILN_ASSIGN(Array output, try_allocate("predictions", element_type_of(tensor), dims));
    outputs.push_back(std::move(output));
  }
  return outputs;
}

// A pass of predict_step over all rows.
class Prediction {
 public:
  Prediction(Session& session, FunctionCall call, std::vector<BatchInput> inputs,
             std::vector<Array> results)
      : session_(session),
        call_(std::move(call)),
        inputs_(std::move(inputs)),
        results_(std::move(results)) {}

  Expected<std::vector<Array>> run() {
    const int64_t steps = (results_[0].rows() + batch() - 1) / batch();
    const int64_t behind = call_.runs_ahead();
    for (int64_t step = 0; step < steps + behind; ++step) {
      if (step < steps) KILN_TRY(launch(step));
      if (step >= behind) KILN_TRY(collect(step - behind));
    }
    return std::move(results_);
  }

 private:
  int64_t batch() const { return call_.function().batch; }
  int64_t count_of(int64_t step) const {
    return std::min(batch(), results_[0].rows() - step * batch());
  }

  Status launch(int64_t step) {
    KILN_TRY(call_.begin());
    for (size_t i = 0; i < inputs_.size(); ++i)
      inputs_[i].feed(call_, i, session_.pool(), nullptr, step * batch(), count_of(step));
    KILN_TRY(call_.run());
    return call_.fetch();
  }

  Status collect(int64_t step) {
    KILN_ASSIGN(const std::byte* const outputs, call_.outputs(step));
    for (size_t i = 0; i < results_.size(); ++i) {
      std::memcpy(results_[i].row(step * batch()), outputs + call_.output_offset(i),
                  count_of(step) * results_[i].row_bytes());
    }
    return ok();
  }

  Session& session_;
  FunctionCall call_;
  std::vector<BatchInput> inputs_;
  std::vector<Array> results_;
};

}  // namespace

Expected<std::vector<Array>> predict(Session& session, const std::vector<Array>& x) {
  KILN_ASSIGN(const kiln_function* function, step_for(session, "predict_step", x));
  Examples examples;
  examples.x = x;
  KILN_TRY(check_examples(session.model(), *function, examples, ""));
  std::vector<BatchInput> inputs;
  for (size_t i = 0; i < x.size(); ++i) inputs.emplace_back(x[i], function->inputs[i]);
  KILN_ASSIGN(std::vector<Array> results, allocate_outputs(*function, examples.rows()));
  KILN_ASSIGN(FunctionCall call, FunctionCall::create(session, *function));
  return Prediction(session, std::move(call), std::move(inputs), std::move(results)).run();
}

}  // namespace kiln::runtime
