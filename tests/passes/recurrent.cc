#include "tests/passes/recurrent.h"

namespace kiln::passes {

using ir::Builder;
using ir::ScanInputs;
using ir::ScanResults;
using ir::Tensor;
using Tensors = std::vector<Tensor>;

Recurrence simple_rnn(bool every_step, bool reverse) {
  auto step = [](Builder&, const ScanInputs& in) {
    const Tensor h =
        tanh(dot(in.carries[0], in.invariants[0]) + dot(in.stacked[0], in.invariants[1]));
    return ScanResults{{h}, {h}};
  };
  auto formula = [=](Builder& builder, const Tensors& x) {
    const ScanResults results = ir::scan(builder, {{x[0]}, {x[1]}, {x[2], x[3]}}, 4, reverse, step);
    return Tensors{every_step ? results.outputs[0] : results.carries[0]};
  };
  return {formula, {{2, 3}, {4, 2, 5}, {3, 3}, {5, 3}}};
}

Recurrence lstm(int64_t time, int64_t batch, int64_t features, int64_t units) {
  auto step = [=](Builder&, const ScanInputs& in) {
    const Tensor z = dot(in.stacked[0], in.invariants[0]) + in.invariants[2] +
                     dot(in.carries[0], in.invariants[1]);
    auto gate = [&](int64_t i) { return slice(z, {0, units * i}, {batch, units * (i + 1)}); };
    const Tensor c = logistic(gate(1)) * in.carries[1] + logistic(gate(0)) * tanh(gate(2));
    const Tensor h = logistic(gate(3)) * tanh(c);
    return ScanResults{{h, c}, {h}};
  };
  auto formula = [=](Builder& builder, const Tensors& x) {
    const ScanResults results =
        ir::scan(builder, {{x[0], x[1]}, {x[2]}, {x[3], x[4], x[5]}}, time, false, step);
    return Tensors{results.outputs[0], results.carries[0], results.carries[1]};
  };
  return {formula,
          {{batch, units},
           {batch, units},
           {time, batch, features},
           {features, 4 * units},
           {units, 4 * units},
           {4 * units}}};
}

Recurrence nested_scans() {
  auto step = [](Builder&, const ScanInputs& in) {
    const Tensor h = tanh(in.carries[0] * in.invariants[0] + in.stacked[0]);
    return ScanResults{{h}, {h}};
  };
  auto outer_step = [=](Builder& builder, const ScanInputs& in) {
    const ScanResults inner =
        ir::scan(builder, {{in.carries[0]}, {in.stacked[0]}, {in.invariants[0]}}, 3, true, step);
    return ScanResults{{inner.carries[0] * 0.5}, {inner.outputs[0]}};
  };
  auto formula = [=](Builder& builder, const Tensors& x) {
    const ScanResults results = ir::scan(builder, {{x[0]}, {x[1]}, {x[2]}}, 2, false, outer_step);
    return Tensors{results.outputs[0], results.carries[0]};
  };
  return {formula, {{2}, {2, 3, 2}, {2}}};
}

Recurrence with_gradients(const Recurrence& recurrence) {
  auto formula = [inner = recurrence.formula](Builder& builder, const Tensors& x) {
    Tensors results = inner(builder, x);
    const Tensor weights = builder.iota(results[0].type(), 1) * 0.1 + 0.2;
    for (Tensor adjoint : gradient(sum(results[0] * weights), x)) results.push_back(adjoint);
    return results;
  };
  return {formula, recurrence.shapes};
}

}  // namespace kiln::passes
