#include "frontend/keras/layers/base/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "ir/indexing.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

double triangle(double x) { return std::max(0.0, 1 - x); }

/// R. Keys, "Cubic convolution interpolation for digital image processing" (1981), a = -1/2.
double cubic(double x) {
  if (x < 1) return ((1.5 * x - 2.5) * x) * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

double lanczos(double radius, double x) {
  if (x > radius) return 0;
  if (x <= 1e-3) return 1;
  const double angle = std::numbers::pi * x;
  return radius * std::sin(angle) * std::sin(angle / radius) / (angle * angle);
}

struct Kernel {
  std::string_view name;
  double (*weight)(double distance);
};

constexpr Kernel kKernels[] = {
    {"bilinear", triangle},
    {"bicubic", cubic},
    {"lanczos3", [](double x) { return lanczos(3, x); }},
    {"lanczos5", [](double x) { return lanczos(5, x); }},
};

const Kernel* find_kernel(std::string_view name) {
  const auto* found = std::ranges::find(kKernels, name, &Kernel::name);
  return found == std::end(kKernels) ? nullptr : found;
}

/// Where the centre of new element i lies among the old ones.
double centre(int64_t i, int64_t before, int64_t after) {
  return (static_cast<double>(i) + 0.5) * static_cast<double>(before) / static_cast<double>(after) -
         0.5;
}

/// Column i: the weights of the old elements in new element i, which add up to 1: beyond the first
/// and the last centre their values go on.
ir::Literal kernel_weights(const Kernel& kernel, bool antialias, int64_t before, int64_t after) {
  ir::Literal weights({ir::ElementType::f32, {before, after}});
  const double ratio = static_cast<double>(before) / static_cast<double>(after);
  const double width = antialias ? std::max(1.0, ratio) : 1.0;
  std::vector<double> column(static_cast<size_t>(before));
  for (int64_t i = 0; i < after; ++i) {
    double total = 0;
    for (int64_t k = 0; k < before; ++k) {
      const double distance = std::abs(centre(i, before, after) - static_cast<double>(k)) / width;
      total += column[static_cast<size_t>(k)] = kernel.weight(distance);
    }
    if (std::abs(total) <= 1000 * std::numeric_limits<float>::epsilon()) continue;
    for (int64_t k = 0; k < before; ++k)
      weights.set(k * after + i, column[static_cast<size_t>(k)] / total);
  }
  return weights;
}

/// Elements are moved, not multiplied, so that what is not a number stays where it is.
Tensor resize_nearest(Tensor x, int64_t dimension, int64_t extent) {
  const int64_t before = x.shape()[static_cast<size_t>(dimension)];
  ir::Literal indices({ir::ElementType::i32, {extent}});
  for (int64_t i = 0; i < extent; ++i) {
    const auto nearest = static_cast<int64_t>(std::floor(centre(i, before, extent) + 0.5));
    indices.set_int(i, std::clamp<int64_t>(nearest, 0, before - 1));
  }
  return take(x, x.builder->constant(std::move(indices)), dimension);
}

}  // namespace

Status check(const Interpolation& interpolation) {
  if (interpolation.name == "nearest" || find_kernel(interpolation.name)) return ok();
  return Diagnostic{"", fmt::format("interpolation \"{}\" is not supported", interpolation.name),
                    "use nearest, bilinear, bicubic, lanczos3 or lanczos5"};
}

Tensor resize(Tensor x, int64_t dimension, int64_t extent, const Interpolation& interpolation) {
  const int64_t before = x.shape()[static_cast<size_t>(dimension)];
  if (before == extent) return x;
  const Kernel* kernel = find_kernel(interpolation.name);
  if (!kernel) return resize_nearest(x, dimension, extent);
  return combine(x, dimension, kernel_weights(*kernel, interpolation.antialias, before, extent));
}

Tensor repeat(Tensor x, int64_t dimension, int64_t times) {
  ir::Shape split = x.shape(), joined = x.shape();
  split.insert(split.begin() + dimension + 1, times);
  joined[static_cast<size_t>(dimension)] *= times;
  std::vector<int64_t> kept;
  for (int64_t d = 0; d < x.rank(); ++d) kept.push_back(d <= dimension ? d : d + 1);
  return reshape(broadcast_in_dim(x, std::move(split), std::move(kept)), std::move(joined));
}

Tensor combine(Tensor x, int64_t dimension, ir::Literal weights) {
  const Tensor constant = x.builder->constant(std::move(weights));
  // The new dimension comes last; it goes back to its place.
  const Tensor y = dot_general(x, constant, {{}, {}, {dimension}, {0}});
  std::vector<int64_t> permutation;
  for (int64_t d = 0; d + 1 < x.rank(); ++d) permutation.push_back(d);
  permutation.insert(permutation.begin() + dimension, x.rank() - 1);
  return transpose(y, std::move(permutation));
}

}  // namespace kiln::keras
