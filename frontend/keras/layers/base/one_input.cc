#include "frontend/keras/layers/base/one_input.h"

#include <fmt/format.h>

namespace kiln::keras {

Expected<LayerInput> only_input(std::span<const LayerInput> inputs) {
  if (inputs.size() == 1) return inputs[0];
  return Diagnostic{"", fmt::format("takes one input, gets {}", inputs.size()), ""};
}

Status check_rank(const LayerInput& input, int64_t rank) {
  if (input.type.rank() == rank) return ok();
  return Diagnostic{"",
                    fmt::format("needs inputs of {} dimensions with the batch, gets {} from \"{}\"",
                                rank, show_shape(input.type.shape), input.from),
                    ""};
}

}  // namespace kiln::keras
