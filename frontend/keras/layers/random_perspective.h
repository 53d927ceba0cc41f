// Images seen from another side while training: RandomPerspective.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/sample_image.h"
#include "frontend/keras/layers/random_image.h"

namespace kiln::keras {

/// How far corners move, as factors of where they were in pixels from the first, which stays: the
/// last of the first row along the row, the first of the last row along the column, and the one
/// opposite the first along both. Each is f32 [batch], above 0.
struct MovedCorners {
  ir::Tensor right, bottom, opposite_x, opposite_y;
};

/// images: f32 [batch, height, width, channels], of two pixels at least along each side. What is
/// outside of them is the sampling's constant.
ir::Tensor in_perspective(ir::Tensor images, const MovedCorners& corners, const Sampling& sampling);

struct RandomPerspectiveOptions {
  std::vector<double> factor = {0, 1};     ///< how probably, from and to
  double scale = 1;                        ///< corners move by up to half of that part of a side
  std::string interpolation = "bilinear";  ///< or "nearest"
  double fill_value = 0;
  std::optional<int64_t> seed = {};
  std::string name = "";
};

/// An image whose corners but the first lie elsewhere, with a probability from the factor's range.
class RandomPerspective : public RandomImageLayer {
 public:
  explicit RandomPerspective(RandomPerspectiveOptions options = {});
  std::string_view class_name() const override { return "RandomPerspective"; }
  OptionList option_list() override;
  Status check_options() const override;
  Status check_input(const LayerInput& input) const override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Sampling sampling() const { return {"constant", options_.fill_value, options_.interpolation}; }

  RandomPerspectiveOptions options_;
};

}  // namespace kiln::keras
