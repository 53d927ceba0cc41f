// Memory for what a kernel needs between its own launches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"

namespace kiln::runtime {

/// One block of a device's memory, handed out from its start on. A kernel gives back all that it
/// took; the next one begins at the start again, for the device works in order. The compiler knows
/// what a kernel takes: the sum of all its pieces.
class Temporaries {
 public:
  /// What a piece of `bytes` takes of the block.
  static constexpr int64_t piece_bytes(int64_t bytes) { return round_up(bytes, KILN_ALIGNMENT); }

  /// From now on pieces are of this block, which must be there as long as they are taken.
  void use(std::byte* block, int64_t bytes);

  /// A piece of `bytes` with any contents, aligned to KILN_ALIGNMENT. Null: the block has no more.
  std::byte* take(int64_t bytes);
  /// One of the pieces, whichever.
  void give_back();

  int64_t block_bytes() const { return block_bytes_; }

 private:
  std::byte* block_ = nullptr;
  int64_t block_bytes_ = 0;
  int64_t taken_bytes_ = 0;
  int pieces_ = 0;  ///< that are not given back
};

}  // namespace kiln::runtime
