// How far back data was touched last: what decides which cache still has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kiln::codegen {

/// A stretch of memory that one call of a kernel touches, as a rule a tensor.
struct Touch {
  int block = 0;                 ///< memory that no other block overlaps
  int64_t begin = 0, end = 0;    ///< bytes from the block's start
  double read = 0, written = 0;  ///< the share of these bytes that is read, and written, in [0, 1]
};

/// Bytes that a call reads and writes, of one working set.
struct Access {
  double bytes = 0;
  /// Bytes, each counted once, that are touched from right behind the call that touched these last
  /// to the end of this one: a cache of that size, which replaces what was not used for longest,
  /// still has them.
  double working_set = 0;
};

/// For each of the calls, which run in this order again and again, its accesses; bytes of the
/// same working set are one. Mattson, Gecsei, Slutz, Traiger, "Evaluation techniques for storage
/// hierarchies" (1970), by stretches instead of lines.
std::vector<std::vector<Access>> accesses_of(const std::vector<std::vector<Touch>>& calls);

}  // namespace kiln::codegen
