#include "frontend/keras/layers/base/sample_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "ir/indexing.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kInt = ir::ElementType::i32;

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

}  // namespace

Status check(const Sampling& sampling) {
  constexpr std::string_view kFills[] = {"reflect", "wrap", "nearest", "constant"};
  if (std::ranges::find(kFills, sampling.fill_mode) == std::end(kFills)) {
    return Diagnostic{"", fmt::format("unknown fill_mode \"{}\"", sampling.fill_mode),
                      "the modes are reflect, wrap, nearest and constant"};
  }
  if (sampling.interpolation == "bilinear" || sampling.interpolation == "nearest") return ok();
  return Diagnostic{"",
                    fmt::format("interpolation \"{}\" is not supported", sampling.interpolation),
                    "use nearest or bilinear"};
}

Tensor sample_image(Tensor images, Tensor y, Tensor x, const Sampling& sampling) {
  const Sampler sampler(images, sampling.fill_mode, sampling.fill_value);
  if (sampling.interpolation == "nearest") {
    return sampler.at(convert(round_nearest_even(y), kInt), convert(round_nearest_even(x), kInt));
  }
  ir::Shape shape = y.shape();
  shape.push_back(images.shape()[3]);
  return bilinear(sampler, y, x, shape);
}

}  // namespace kiln::keras
