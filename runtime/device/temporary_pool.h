// Memory for what a kernel needs between its own parts, handed out again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "runtime/device/memory.h"
#include "runtime/expected.h"

namespace kiln::runtime {

/// Blocks of a device that does its work in order: what is given back may be handed out at once,
/// for whoever gets it works later. Sizes are rounded up by at most an eighth, so that few sizes
/// serve many.
class TemporaryPool {
 public:
  /// `memory` must outlive the pool's use; release_all() gives everything back to it.
  explicit TemporaryPool(Memory& memory) : memory_(memory) {}
  TemporaryPool(const TemporaryPool&) = delete;
  TemporaryPool& operator=(const TemporaryPool&) = delete;

  /// At least `bytes`, with any contents.
  Expected<std::byte*> take(int64_t bytes);
  /// What take() handed out; anything else is passed over.
  void give_back(std::byte* block);
  void release_all();

  /// Of all blocks, handed out or not.
  int64_t bytes() const { return bytes_; }

 private:
  Memory& memory_;
  std::unordered_map<std::byte*, int64_t> sizes_;    ///< of all blocks
  std::map<int64_t, std::vector<std::byte*>> free_;  ///< by size
  int64_t bytes_ = 0;
};

}  // namespace kiln::runtime
