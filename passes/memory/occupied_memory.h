// Which bytes of an arena are taken when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace kiln::passes {

/// A set of bytes as intervals that neither overlap nor touch, by where they begin.
class ByteIntervals {
 public:
  bool is_empty() const { return ends_.empty(); }
  void add(int64_t begin, int64_t end);
  /// The end of the last interval that has bytes in [begin, end); `begin` where there is none.
  int64_t end_of_overlap(int64_t begin, int64_t end) const;

 private:
  std::map<int64_t, int64_t> ends_;
};

/// The bytes that are taken at each of a number of times: a segment tree over the times (Bentley,
/// 1977), whose nodes hold sets of bytes. What lies without gaps in memory is one interval however
/// many temporaries it is, so that the time for each depends little on how many are live at once.
class OccupiedMemory {
 public:
  explicit OccupiedMemory(size_t times);

  /// The lowest offset at which so many bytes are free from `first` to `last`, both included.
  int64_t lowest_free(size_t first, size_t last, int64_t bytes) const;
  void take(size_t first, size_t last, int64_t offset, int64_t bytes);

 private:
  struct Node {
    ByteIntervals throughout;  ///< taken at all of the node's times, unless a node above says so
    ByteIntervals ever;        ///< taken at any of them, unless a node above says so of all
  };

  size_t leaves_;
  std::vector<Node> nodes_;  ///< a binary heap: the children of node i are 2 i and 2 i + 1
};

}  // namespace kiln::passes
