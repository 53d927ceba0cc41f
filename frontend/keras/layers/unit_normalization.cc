#include "frontend/keras/layers/unit_normalization.h"

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/axes.h"
#include "frontend/keras/vectors.h"

namespace kiln::keras {

Expected<LayerPointer> UnitNormalization::read(ConfigReader& config) {
  return LayerPointer(std::make_shared<UnitNormalization>(read_axes(config, "axis", {-1})));
}

Expected<std::vector<WeightSpec>> UnitNormalization::weights(const LayerInput& input) const {
  KILN_TRY(resolve_axes(axis_, input.type.rank()));
  return std::vector<WeightSpec>();
}

ir::Tensor UnitNormalization::function(CallContext&, ir::Tensor x) const {
  return unit_vectors(x, *resolve_axes(axis_, x.rank()), /*smallest_length=*/1e-12);
}

void UnitNormalization::write_config(Json& config) const { config["axis"] = write_axes(axis_); }

}  // namespace kiln::keras
