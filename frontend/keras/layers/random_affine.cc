#include "frontend/keras/layers/random_affine.h"

#include <numbers>

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kFloat = ir::ElementType::f32;

Tensor like(Tensor x, double value) { return x.builder->constant(value, x.type()); }

Tensor channels_last(Tensor x) { return transpose(x, {0, 2, 3, 1}); }
Tensor channels_first(Tensor x) { return transpose(x, {0, 3, 1, 2}); }

}  // namespace

RandomAffine::RandomAffine(RandomAffineOptions options)
    : RandomImageLayer(options.seed), options_(std::move(options)) {
  name = options_.name;
}

Sampling RandomAffine::sampling() const {
  return {options_.fill_mode, options_.fill_value, options_.interpolation};
}

Status RandomAffine::check_options() const { return check(sampling()); }

Tensor RandomAffine::changed(CallContext& context, Tensor x) const {
  const bool is_last = data_format_ == DataFormat::channels_last;
  const Tensor images = is_last ? x : channels_last(x);
  const ir::Shape& shape = images.shape();
  const ir::Type type{kFloat, {shape[0], shape[1], shape[2]}};
  const AffineMap m = map(context, images, shape[1], shape[2]);
  const Tensor row = context.builder.iota(type, 1), column = context.builder.iota(type, 2);
  auto spread = [&](Tensor number) { return broadcast_in_dim(number, type.shape, {0}); };
  const Tensor from_x = spread(m.a0) * column + spread(m.a1) * row + spread(m.a2);
  const Tensor from_y = spread(m.b0) * column + spread(m.b1) * row + spread(m.b2);
  const Tensor y = sample_image(images, from_y, from_x, sampling());
  return is_last ? y : channels_first(y);
}

OptionList RandomAffine::fill_options() {
  return OptionList{{"fill_mode", &options_.fill_mode,
                     "outside of the image: \"reflect\", \"wrap\", \"nearest\" or \"constant\""},
                    {"fill_value", &options_.fill_value, "what \"constant\" is"},
                    {"interpolation", &options_.interpolation, "\"bilinear\" or \"nearest\""}} +
         seed_and_format();
}

Status RandomRotation::check_options() const {
  KILN_TRY(RandomAffine::check_options());
  return check_factor("factor", factor_, -1, 1);
}

AffineMap RandomRotation::map(CallContext& context, Tensor x, int64_t height, int64_t width) const {
  const auto [low, high] = factor_range(factor_, -1);
  const Tensor angle = draw(context, x, low, high) * (2 * std::numbers::pi);
  const Tensor c = cosine(angle), s = sine(angle);
  const double cx = 0.5 * static_cast<double>(width - 1);
  const double cy = 0.5 * static_cast<double>(height - 1);
  return {c, -s, cx - c * cx + s * cy, s, c, cy - s * cx - c * cy};
}

OptionList RandomRotation::option_list() {
  return OptionList{
             {"factor", NumberOrList{&factor_}, "parts of a full turn, from and to", kRequired}} +
         fill_options();
}

Status RandomTranslation::check_options() const {
  KILN_TRY(RandomAffine::check_options());
  KILN_TRY(check_factor("height_factor", height_factor_, -1, 1));
  return check_factor("width_factor", width_factor_, -1, 1);
}

AffineMap RandomTranslation::map(CallContext& context, Tensor x, int64_t height,
                                 int64_t width) const {
  const auto [up, down] = factor_range(height_factor_, -1);
  const Tensor dy = draw(context, x, up, down) * static_cast<double>(height);
  const auto [left, right] = factor_range(width_factor_, -1);
  const Tensor dx = draw(context, x, left, right) * static_cast<double>(width);
  return {like(dx, 1), like(dx, 0), -dx, like(dx, 0), like(dx, 1), -dy};
}

OptionList RandomTranslation::option_list() {
  return OptionList{{"height_factor", NumberOrList{&height_factor_},
                     "parts of the height, up and down", kRequired},
                    {"width_factor", NumberOrList{&width_factor_},
                     "parts of the width, left and right", kRequired}} +
         fill_options();
}

Status RandomZoom::check_options() const {
  KILN_TRY(RandomAffine::check_options());
  KILN_TRY(check_factor("height_factor", height_factor_, -1, 1));
  return width_factor_.empty() ? ok() : check_factor("width_factor", width_factor_, -1, 1);
}

AffineMap RandomZoom::map(CallContext& context, Tensor x, int64_t height, int64_t width) const {
  const auto [low, high] = factor_range(height_factor_, -1);
  const Tensor zy = draw(context, x, 1 + low, 1 + high);
  Tensor zx = zy;
  if (!width_factor_.empty()) {
    const auto [least, most] = factor_range(width_factor_, -1);
    zx = draw(context, x, 1 + least, 1 + most);
  }
  const double cx = 0.5 * static_cast<double>(width - 1);
  const double cy = 0.5 * static_cast<double>(height - 1);
  return {zx, like(zx, 0), (1.0 - zx) * cx, like(zx, 0), zy, (1.0 - zy) * cy};
}

OptionList RandomZoom::option_list() {
  return OptionList{{"height_factor", NumberOrList{&height_factor_},
                     "parts of the height, from and to", kRequired},
                    {"width_factor", NumberOrList{&width_factor_},
                     "parts of the width, from and to; null: as the height"}} +
         fill_options();
}

Status RandomShear::check_options() const {
  KILN_TRY(RandomAffine::check_options());
  KILN_TRY(check_factor("x_factor", x_factor_, -1, 1));
  return check_factor("y_factor", y_factor_, -1, 1);
}

AffineMap RandomShear::map(CallContext& context, Tensor x, int64_t, int64_t) const {
  const Tensor back = compare(draw(context, x, 0, 1), "GT", 0.5);
  auto part = [&](const std::vector<double>& factor) {
    const auto [low, high] = factor_range(factor, -1);
    const Tensor drawn = draw(context, x, low, high);
    return select(back, -drawn, drawn);
  };
  const Tensor dx = part(x_factor_), dy = part(y_factor_);
  return {like(dx, 1), dx, like(dx, 0), dy, like(dx, 1), like(dx, 0)};
}

OptionList RandomShear::option_list() {
  return OptionList{{"x_factor", NumberOrList{&x_factor_}, "how far rows move, from and to"},
                    {"y_factor", NumberOrList{&y_factor_}, "how far columns move, from and to"}} +
         fill_options();
}

}  // namespace kiln::keras
