#include "passes/fusion/movable_order.h"

namespace kiln::passes {
namespace {

constexpr int kLabelBits = 62;
constexpr uint64_t kLabels = uint64_t{1} << kLabelBits;
/// A range of 2^i labels may hold (2 / kCrowding)^i of them; between 1 and 2.
constexpr double kCrowding = 1.4;
/// Labels apiece after spreading: there is room on both sides of each.
constexpr uint64_t kRoom = 4;

}  // namespace

MovableOrder::MovableOrder(size_t size)
    : end_(size), previous_(size + 1), next_(size + 1), labels_(size + 1) {
  const uint64_t step = kLabels / (size + 1);
  for (size_t i = 0; i <= size; ++i) {
    previous_[i] = i == 0 ? end_ : i - 1;
    next_[i] = i == end_ ? 0 : i + 1;
    labels_[i] = i == end_ ? 0 : (i + 1) * step;
  }
}

uint64_t MovableOrder::label_behind(size_t element) const {
  return next_[element] == end_ ? kLabels : labels_[next_[element]];
}

void MovableOrder::move_behind(size_t element, size_t other) {
  remove(element);
  if (label_behind(other) - labels_[other] < 2)
    spread_labels_around(other == end_ ? next_[end_] : other);
  labels_[element] = labels_[other] + (label_behind(other) - labels_[other]) / 2;
  next_[element] = next_[other];
  previous_[element] = other;
  previous_[next_[element]] = element;
  next_[other] = element;
}

void MovableOrder::remove(size_t element) {
  next_[previous_[element]] = next_[element];
  previous_[next_[element]] = previous_[element];
}

/// Spreads the labels of the smallest range around the element that is not crowded: ranges of 2, 4,
/// 8, ... labels that start at multiples of their size.
void MovableOrder::spread_labels_around(size_t element) {
  size_t first = element, last = element;
  uint64_t count = 1;
  double limit = 1;
  for (int bits = 1; bits <= kLabelBits; ++bits) {
    const uint64_t size = uint64_t{1} << bits;
    const uint64_t begin = labels_[element] & ~(size - 1);
    for (; previous_[first] != end_ && labels_[previous_[first]] >= begin; ++count)
      first = previous_[first];
    for (; next_[last] != end_ && labels_[next_[last]] < begin + size; ++count) last = next_[last];
    limit *= 2 / kCrowding;
    if (bits < kLabelBits && (static_cast<double>(count) > limit || size / count < kRoom)) continue;
    const uint64_t step = size / count;
    uint64_t label = begin + step / 2;
    for (size_t at = first; at != next_[last]; at = next_[at], label += step) labels_[at] = label;
    return;
  }
}

}  // namespace kiln::passes
