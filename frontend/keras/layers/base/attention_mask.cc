#include "frontend/keras/layers/base/attention_mask.h"

#include <cstdlib>

namespace kiln::keras {

ir::Tensor attention_mask(ir::Builder& builder, const AttentionWindow& window, int64_t queries,
                          int64_t keys) {
  if (!window.causal && !window.sliding_window) return {};
  ir::Literal mask({ir::ElementType::i1, {queries, keys}});
  for (int64_t q = 0; q < queries; ++q) {
    for (int64_t k = 0; k < keys; ++k) {
      const bool near = !window.sliding_window || std::abs(q - k) < *window.sliding_window;
      mask.set_int(q * keys + k, near && (!window.causal || k <= q));
    }
  }
  return builder.constant(std::move(mask));
}

ir::Tensor mask_of_positions(const CallContext& context, const Signal& input) {
  if (!input.own_mask()) return {};
  const ir::Shape& shape = input.tensor.shape();
  const ir::Tensor mask = context.mask(input, {shape.begin(), shape.end() - 1});
  return mask ? reshape(mask, {shape[0], mask.type().count() / shape[0]}) : mask;
}

ir::Tensor both(ir::Tensor a, ir::Tensor b) {
  if (!a || !b) return a ? a : b;
  return logical_and(a, b);
}

}  // namespace kiln::keras
