#include "frontend/keras/layers/base/recurrence.h"

#include <numeric>

#include "ir/scan.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// Swaps batch and time.
Tensor swapped(Tensor x) {
  ir::Integers permutation(static_cast<size_t>(x.rank()));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::swap(permutation[0], permutation[1]);
  return transpose(x, permutation);
}

Tensor zeros_like(Tensor x) { return x.builder->constant(0, x.type()); }

/// value where a row's mask is true. mask: [batch]; the others: [batch, ...].
Tensor where_kept(Tensor mask, Tensor value, Tensor otherwise) {
  return select(broadcast_in_dim(mask, value.shape(), {0}), value, otherwise);
}

class Scan {
 public:
  Scan(const Recurrence& recurrence, const RecurrentStep& step) : r_(recurrence), step_(step) {}

  RecurrenceResults run() {
    ir::ScanInputs inputs{r_.states, {swapped(r_.sequence)}, r_.weights};
    if (r_.mask) inputs.stacked.push_back(swapped(r_.mask));
    const ir::ScanResults results =
        scan(*r_.sequence.builder, inputs, r_.sequence.shape()[1], r_.backwards,
             [this](ir::Builder&, const ir::ScanInputs& at) { return body(at); });
    return {output(results), results.carries};
  }

 private:
  ir::ScanResults body(const ir::ScanInputs& at) const {
    const std::vector<Tensor>& before = at.carries;
    ir::ScanResults results{step_(at.stacked[0], before, at.invariants), {}};
    Tensor output = results.carries[r_.output_state];
    if (r_.mask) {
      const Tensor kept = at.stacked[1];
      output = where_kept(kept, output,
                          r_.zero_output_for_mask ? zeros_like(output) : before[r_.output_state]);
      for (size_t i = 0; i < before.size(); ++i)
        results.carries[i] = where_kept(kept, results.carries[i], before[i]);
    }
    if (r_.all_outputs) results.outputs.push_back(output);
    return results;
  }

  Tensor output(const ir::ScanResults& results) const {
    if (r_.all_outputs) {
      const Tensor outputs = results.outputs[0];
      return swapped(r_.backwards ? reverse(outputs, {0}) : outputs);
    }
    const Tensor last = results.carries[r_.output_state];
    if (!r_.mask || !r_.zero_output_for_mask) return last;
    const int64_t batch = r_.mask.shape()[0];
    const int64_t at = r_.backwards ? 0 : r_.mask.shape()[1] - 1;
    const Tensor kept = reshape(slice(r_.mask, {0, at}, {batch, at + 1}), {batch});
    return where_kept(kept, last, zeros_like(last));
  }

  const Recurrence& r_;
  const RecurrentStep& step_;
};

}  // namespace

RecurrenceResults recur(const Recurrence& recurrence, const RecurrentStep& step) {
  return Scan(recurrence, step).run();
}

}  // namespace kiln::keras
