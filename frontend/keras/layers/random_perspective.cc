#include "frontend/keras/layers/random_perspective.h"

#include <fmt/format.h>

#include "frontend/keras/json/shape.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// Beyond the pixels around an image all is constant: nearer points stand for those far outside, of
/// which no integer counts the pixels, and for the horizon, which is nowhere.
Tensor near_image(Tensor point, Tensor depth, int64_t extent) {
  const Tensor seen = select(compare(depth, "NE", 0.0), point / depth, -1.0);
  return minimum(maximum(seen, -1.0), static_cast<double>(extent));
}

}  // namespace

// A corner at (w, 0) that came to (a w, 0), one at (0, h) that came to (0, b h) and one at (w, h)
// that came to (c w, d h) leave Keras's equations for a homography no more than these solutions: a
// pixel (x, y) is what was at (p x, q y) / (1 + u x + v y).
// Source: keras/src/backend/tensorflow/image.py, compute_homography_matrix (Keras 3).
Tensor in_perspective(Tensor images, const MovedCorners& corners, const Sampling& sampling) {
  const ir::Shape& shape = images.shape();
  const int64_t height = shape[1], width = shape[2];
  const auto [a, b, c, d] = corners;
  const Tensor u_width = (d / b - 1.0) / c, v_height = (c / a - 1.0) / d;
  const Tensor p = 1.0 / a + u_width, q = 1.0 / b + v_height;

  const ir::Type type{ir::ElementType::f32, {shape[0], height, width}};
  auto spread = [&](Tensor number) { return broadcast_in_dim(number, type.shape, {0}); };
  const Tensor y = images.builder->iota(type, 1), x = images.builder->iota(type, 2);
  const Tensor depth = spread(u_width / static_cast<double>(width - 1)) * x +
                       spread(v_height / static_cast<double>(height - 1)) * y + 1.0;
  return sample_image(images, near_image(spread(q) * y, depth, height),
                      near_image(spread(p) * x, depth, width), sampling);
}

RandomPerspective::RandomPerspective(RandomPerspectiveOptions options)
    : RandomImageLayer(options.seed), options_(std::move(options)) {
  name = options_.name;
}

Status RandomPerspective::check_options() const {
  KILN_TRY(check_factor("factor", options_.factor, 0, 1));
  if (options_.scale < 0 || options_.scale > 1)
    return Diagnostic{"", fmt::format("scale must be from 0 to 1, not {}", options_.scale), ""};
  return check(sampling());
}

Status RandomPerspective::check_input(const LayerInput& input) const {
  for (const int64_t dimension : spatial_dimensions()) {
    if (input.type.shape[static_cast<size_t>(dimension)] > 1) continue;
    return Diagnostic{
        "",
        fmt::format("needs images of two rows and columns at least, gets {} from \"{}\"",
                    show_shape(input.type.shape), input.from),
        ""};
  }
  return ok();
}

Tensor RandomPerspective::changed(CallContext& context, Tensor x) const {
  const auto [low, high] = factor_range(options_.factor, 0);
  const Tensor probability = draw(context, x, low, high);
  const Tensor happens = of_images(compare(draw(context, x, 0, 1), "LT", probability));
  auto moved = [&] { return draw(context, x, 1 - options_.scale / 2, 1 + options_.scale / 2); };
  const Tensor right = moved(), bottom = moved(), opposite_x = moved(), opposite_y = moved();
  const bool is_last = data_format_ == DataFormat::channels_last;
  const Tensor images = is_last ? x : transpose(x, {0, 2, 3, 1});
  const Tensor seen = in_perspective(images, {right, bottom, opposite_x, opposite_y}, sampling());
  return select(happens, is_last ? seen : transpose(seen, {0, 3, 1, 2}), x);
}

OptionList RandomPerspective::option_list() {
  RandomPerspectiveOptions& o = options_;
  return OptionList{{"factor", NumberOrList{&o.factor}, "how probably, from and to"},
                    {"scale", &o.scale, "corners move by up to half of that part of a side"},
                    {"interpolation", &o.interpolation, "\"bilinear\" or \"nearest\""},
                    {"fill_value", &o.fill_value, "outside of the image"}} +
         seed_and_format();
}

}  // namespace kiln::keras
