// Connectionist temporal classification: how likely outputs over time spell a row's labels.
#include "frontend/keras/functions/activations.h"
#include "frontend/keras/losses/losses.h"
#include "ir/scan.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// What Keras takes for the logarithm of 0, so that a row whose time is too short for its labels
/// has a loss of about 100,000.
constexpr double kLogZero = -1e5;

/// log(e^a + e^b).
Tensor log_add(Tensor a, Tensor b) {
  const Tensor top = stop_gradient(maximum(a, b));
  return top + log(exp(a - top) + exp(b - top));
}

/// `states` with `added` added, in the logarithm, to all but the first.
Tensor add_behind(Tensor states, Tensor added) {
  const int64_t batch = states.shape()[0], count = states.shape()[1];
  const Tensor first = slice(states, {0, 0}, {batch, 1});
  return ir::concatenate({first, log_add(slice(states, {0, 1}, {batch, count}), added)}, 1);
}

/// 1 where a label is followed by itself. y: [batch, labels].
Tensor repeats(Tensor y, ir::ElementType element) {
  const int64_t batch = y.shape()[0], count = y.shape()[1];
  const Tensor last = y.builder->constant(0, {element, {batch, 1}});
  if (count == 1) return last;
  const Tensor same =
      compare(slice(y, {0, 0}, {batch, count - 1}), "EQ", slice(y, {0, 1}, {batch, count}));
  return ir::concatenate({convert(same, element), last}, 1);
}

/// [batch, time, ...] to [time, batch, ...].
Tensor time_first(Tensor x) { return transpose(x, {1, 0, 2}); }

}  // namespace

/// Graves et al., "Connectionist temporal classification" (2006), as Keras has it on JAX, after
/// Optax: `blank` is the logarithm of the probability to have spelt n labels and to be in a blank,
/// [batch, labels + 1], `label` that to be in label n. Class 0 is the blank, and fills up y.
LossValues ctc(const Loss&, Tensor y, const Signal& prediction) {
  const Tensor log_p = log_softmax(prediction.tensor);
  const ir::ElementType element = log_p.type().element;
  const int64_t batch = log_p.shape()[0], time = log_p.shape()[1], classes = log_p.shape()[2];
  const int64_t labels = y.shape()[1];
  ir::Builder& builder = *log_p.builder;
  const ir::DotGeneral by_label{
      .lhs_batching = {0}, .rhs_batching = {0}, .lhs_contracting = {2}, .rhs_contracting = {2}};
  const Tensor log_labels = dot_general(log_p, convert(is_class(y, classes), element), by_label);
  const Tensor log_blanks = slice(log_p, {0, 0, 0}, {batch, time, 1});
  const Tensor nothing = builder.constant(kLogZero, {element, {batch, labels}});
  const Tensor begun = ir::concatenate({builder.constant(0, {element, {batch, 1}}), nothing}, 1);
  const ir::ScanResults end = scan(
      builder,
      {{begun, nothing}, {time_first(log_labels), time_first(log_blanks)}, {repeats(y, element)}},
      time, false, [&](ir::Builder&, const ir::ScanInputs& at) {
        const Tensor label = at.carries[1], repeated = at.invariants[0];
        const Tensor log_label = at.stacked[0], log_blank = at.stacked[1];
        // Between two labels that differ no blank is needed.
        const Tensor blank = add_behind(at.carries[0], label + repeated * kLogZero);
        const Tensor before = slice(blank, {0, 0}, {batch, labels});
        const Tensor next_label = log_add(before + log_label, label + log_label);
        const Tensor next_blank =
            add_behind(blank + log_blank, label + log_blank + (1.0 - repeated) * kLogZero);
        return ir::ScanResults{{next_blank, next_label}, {}};
      });
  const Tensor spelt = add_behind(end.carries[0], end.carries[1]);
  const Tensor length = sum(convert(compare(y, "NE", 0.0), ir::ElementType::i32), {1});
  return {-sum(select(is_class(length, labels + 1), spelt, 0.0), {1}), {}};
}

}  // namespace kiln::keras
