// Which keys a query may attend to.
#pragma once

#include <cstdint>
#include <optional>

#include "frontend/keras/layers/base/layer.h"
#include "ir/builder.h"

namespace kiln::keras {

struct AttentionWindow {
  bool causal = false;                         ///< no later keys than the query's own position
  std::optional<int64_t> sliding_window = {};  ///< positions less than that apart
};

/// i1 [queries, keys]: true where the query may attend; null where all may.
ir::Tensor attention_mask(ir::Builder& builder, const AttentionWindow& window, int64_t queries,
                          int64_t keys);

/// The mask that is with an input [batch, positions..., n], as [batch, positions]; null where there
/// is none.
ir::Tensor mask_of_positions(const CallContext& context, const Signal& input);

/// Both, broadcast; either may be null.
ir::Tensor both(ir::Tensor a, ir::Tensor b);

}  // namespace kiln::keras
