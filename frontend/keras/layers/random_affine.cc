#include "frontend/keras/layers/random_affine.h"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "ir/indexing.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kInt = ir::ElementType::i32;
constexpr auto kFloat = ir::ElementType::f32;

Tensor like(Tensor x, double value) { return x.builder->constant(value, x.type()); }

/// Indices modulo `extent`, not negative.
Tensor wrapped(Tensor index, int64_t extent) {
  const Tensor modulus = like(index, static_cast<double>(extent));
  return remainder(remainder(index, modulus) + modulus, modulus);
}

/// An index of any size as one in [0, extent).
Tensor inside(Tensor index, int64_t extent, std::string_view fill_mode) {
  const auto last = static_cast<double>(extent - 1);
  if (fill_mode == "wrap") return wrapped(index, extent);
  if (fill_mode == "reflect") {
    // a b c d d c b a, again and again.
    const Tensor twice = wrapped(index, 2 * extent);
    return minimum(twice, like(twice, 2.0 * static_cast<double>(extent) - 1) - twice);
  }
  return minimum(maximum(index, 0.0), last);
}

/// Pixels of images [batch, height, width, channels] by their indices.
class Sampler {
 public:
  Sampler(Tensor images, std::string_view fill_mode, double fill_value)
      : images_(images), fill_mode_(fill_mode), fill_value_(fill_value) {
    const ir::Shape& shape = images.shape();
    batch_ = shape[0], height_ = shape[1], width_ = shape[2];
    rows_ = reshape(images, {batch_ * height_ * width_, shape[3]});
  }

  /// y, x: i32 [batch, height, width].
  Tensor at(Tensor y, Tensor x) const {
    const Tensor image = images_.builder->iota(y.type(), 0);
    const Tensor row = image * static_cast<double>(height_) + inside(y, height_, fill_mode_);
    const Tensor pixel = row * static_cast<double>(width_) + inside(x, width_, fill_mode_);
    const Tensor pixels = take(rows_, pixel, 0);
    if (fill_mode_ != "constant") return pixels;
    const Tensor is_inside =
        logical_and(logical_and(compare(y, "GE", 0.0), compare(y, "LT", double(height_))),
                    logical_and(compare(x, "GE", 0.0), compare(x, "LT", double(width_))));
    return select(broadcast_in_dim(is_inside, pixels.shape(), {0, 1, 2}), pixels, fill_value_);
  }

 private:
  Tensor images_, rows_;
  std::string_view fill_mode_;
  double fill_value_;
  int64_t batch_, height_, width_;
};

/// Pixels between others, from the four around them.
Tensor bilinear(const Sampler& sampler, Tensor y, Tensor x, const ir::Shape& shape) {
  const Tensor top = floor(y), left = floor(x);
  const Tensor down = broadcast_in_dim(y - top, shape, {0, 1, 2});
  const Tensor right = broadcast_in_dim(x - left, shape, {0, 1, 2});
  const Tensor y0 = convert(top, kInt), x0 = convert(left, kInt);
  const Tensor y1 = y0 + 1.0, x1 = x0 + 1.0;
  const Tensor above = sampler.at(y0, x0) * (1.0 - right) + sampler.at(y0, x1) * right;
  const Tensor below = sampler.at(y1, x0) * (1.0 - right) + sampler.at(y1, x1) * right;
  return above * (1.0 - down) + below * down;
}

Tensor channels_last(Tensor x) { return transpose(x, {0, 2, 3, 1}); }
Tensor channels_first(Tensor x) { return transpose(x, {0, 3, 1, 2}); }

}  // namespace

RandomAffine::RandomAffine(RandomAffineOptions options)
    : RandomImageLayer(options.seed), options_(std::move(options)) {
  name = options_.name;
}

Status RandomAffine::check_options() const {
  constexpr std::string_view kFills[] = {"reflect", "wrap", "nearest", "constant"};
  if (std::ranges::find(kFills, options_.fill_mode) == std::end(kFills)) {
    return Diagnostic{"", fmt::format("unknown fill_mode \"{}\"", options_.fill_mode),
                      "the modes are reflect, wrap, nearest and constant"};
  }
  if (options_.interpolation == "bilinear" || options_.interpolation == "nearest") return ok();
  return Diagnostic{"",
                    fmt::format("interpolation \"{}\" is not supported", options_.interpolation),
                    "use nearest or bilinear"};
}

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
  const Sampler sampler(images, options_.fill_mode, options_.fill_value);
  Tensor y;
  if (options_.interpolation == "nearest") {
    y = sampler.at(convert(round_nearest_even(from_y), kInt),
                   convert(round_nearest_even(from_x), kInt));
  } else {
    y = bilinear(sampler, from_y, from_x, shape);
  }
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
