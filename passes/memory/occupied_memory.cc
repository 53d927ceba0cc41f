#include "passes/memory/occupied_memory.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace kiln::passes {
namespace {

/// The nodes that together cover [first, last], in a heap with so many leaves.
std::vector<size_t> covering_nodes(size_t leaves, size_t first, size_t last) {
  std::vector<size_t> nodes;
  for (size_t begin = leaves + first, end = leaves + last + 1; begin < end; begin /= 2, end /= 2) {
    if (begin % 2 == 1) nodes.push_back(begin++);
    if (end % 2 == 1) nodes.push_back(--end);
  }
  return nodes;
}

/// The nodes above those, each once: above the first or the last leaf, and not covered themselves.
std::vector<size_t> nodes_above(size_t leaves, size_t first, size_t last) {
  std::vector<size_t> nodes;
  size_t width = 1;  // leaves below a node
  auto add = [&](size_t node) {
    const size_t begin = node * width - leaves;
    if (begin < first || begin + width - 1 > last) nodes.push_back(node);
  };
  for (size_t low = leaves + first, high = leaves + last; low > 1;) {
    low /= 2;
    high /= 2;
    width *= 2;
    add(low);
    if (high != low) add(high);
  }
  return nodes;
}

}  // namespace

void ByteIntervals::add(int64_t begin, int64_t end) {
  auto next = ends_.upper_bound(begin);
  if (next != ends_.begin() && std::prev(next)->second >= begin) begin = (--next)->first;
  for (; next != ends_.end() && next->first <= end; next = ends_.erase(next))
    end = std::max(end, next->second);
  ends_.emplace_hint(next, begin, end);
}

int64_t ByteIntervals::end_of_overlap(int64_t begin, int64_t end) const {
  const auto next = ends_.lower_bound(end);
  return next == ends_.begin() ? begin : std::max(begin, std::prev(next)->second);
}

OccupiedMemory::OccupiedMemory(size_t times)
    : leaves_(std::bit_ceil(std::max<size_t>(times, 1))), nodes_(2 * leaves_) {}

int64_t OccupiedMemory::lowest_free(size_t first, size_t last, int64_t bytes) const {
  std::vector<const ByteIntervals*> sets;
  auto look_at = [&](const ByteIntervals& set) {
    if (!set.is_empty()) sets.push_back(&set);
  };
  for (size_t node : covering_nodes(leaves_, first, last)) look_at(nodes_[node].ever);
  for (size_t node : nodes_above(leaves_, first, last)) look_at(nodes_[node].throughout);
  int64_t offset = 0;
  // In turn, until none of them has anything in the way.
  for (size_t i = 0, free = 0; free < sets.size(); i = (i + 1) % sets.size()) {
    const int64_t end = sets[i]->end_of_overlap(offset, offset + bytes);
    free = end > offset ? 0 : free + 1;
    offset = end;
  }
  return offset;
}

void OccupiedMemory::take(size_t first, size_t last, int64_t offset, int64_t bytes) {
  if (bytes == 0) return;
  for (size_t node : covering_nodes(leaves_, first, last)) {
    nodes_[node].throughout.add(offset, offset + bytes);
    nodes_[node].ever.add(offset, offset + bytes);
  }
  for (size_t node : nodes_above(leaves_, first, last))
    nodes_[node].ever.add(offset, offset + bytes);
}

}  // namespace kiln::passes
