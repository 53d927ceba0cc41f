#include "frontend/keras/layers/unit_normalization.h"

#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/layers/base/axes.h"

namespace kiln::keras {

Expected<std::vector<WeightSpec>> UnitNormalization::weights(const LayerInput& input) const {
  KILN_TRY(resolve_axes(axis_, input.type.rank()));
  return std::vector<WeightSpec>();
}

ir::Tensor UnitNormalization::function(CallContext&, ir::Tensor x) const {
  return unit_vectors(x, *resolve_axes(axis_, x.rank()), /*smallest_length=*/1e-12);
}

OptionList UnitNormalization::option_list() {
  return {{"axis", Axes{&axis_}, "dimensions of a vector"}};
}

}  // namespace kiln::keras
