// Memory that a model's code works on: the host's, or a device's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Where blocks live, and the way there from the host. Addresses are plain numbers: those inside a
/// block are as good as its first.
class Memory {
 public:
  virtual ~Memory() = default;

  /// At least one byte, all zero, aligned to KILN_ALIGNMENT. An error where there is not enough.
  virtual Expected<std::byte*> allocate(int64_t bytes) = 0;
  virtual void release(std::byte* block) = 0;

  /// From the host and to it. Both see what all earlier work has left, and are done on return.
  virtual Status write(void* to, const void* from_host, int64_t bytes) = 0;
  virtual Status read(void* to_host, const void* from, int64_t bytes) = 0;
  /// Sets bytes to zero, in order with all other work.
  virtual Status zero(void* address, int64_t bytes) = 0;
};

/// A block of some memory, which it keeps alive.
using MemoryBlock = std::shared_ptr<std::byte>;
Expected<MemoryBlock> allocate(const std::shared_ptr<Memory>& memory, int64_t bytes);

/// This process's own memory.
class HostMemory : public Memory {
 public:
  Expected<std::byte*> allocate(int64_t bytes) override;
  void release(std::byte* block) override;
  Status write(void* to, const void* from_host, int64_t bytes) override;
  Status read(void* to_host, const void* from, int64_t bytes) override;
  Status zero(void* address, int64_t bytes) override;
};

}  // namespace kiln::runtime
