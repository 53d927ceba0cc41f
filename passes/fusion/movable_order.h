// A list whose elements can be moved, and which says at once which of two comes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kiln::passes {

/// The numbers from 0 to a size, at first in this order. Each element has a label, and labels grow
/// along the list; where there is no label left between two, those around them are spread out:
/// Bender, Cole, Demaine, Farach-Colton, Zito, "Two Simplified Algorithms for Maintaining Order in
/// a List" (2002), section 2. A move takes O(log size) on average.
class MovableOrder {
 public:
  explicit MovableOrder(size_t size);

  bool is_before(size_t a, size_t b) const { return labels_[a] < labels_[b]; }
  /// Takes the element from its place and puts it right behind the other, or before it.
  void move_behind(size_t element, size_t other);
  void move_before(size_t element, size_t other) {
    if (previous_[other] != element) move_behind(element, previous_[other]);
  }
  void remove(size_t element);

 private:
  void spread_labels_around(size_t element);
  uint64_t label_behind(size_t element) const;

  size_t end_;  ///< stands before the first element and behind the last
  std::vector<size_t> previous_, next_;
  std::vector<uint64_t> labels_;
};

}  // namespace kiln::passes
