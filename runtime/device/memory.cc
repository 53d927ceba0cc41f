#include "runtime/device/memory.h"

#include <cstring>
#include <string>

#include "runtime/base/block.h"

namespace kiln::runtime {

Expected<MemoryBlock> allocate(const std::shared_ptr<Memory>& memory, int64_t bytes) {
  KILN_ASSIGN(std::byte* const block, memory->allocate(bytes));
  return MemoryBlock(block, [memory](std::byte* address) { memory->release(address); });
}

Expected<std::byte*> HostMemory::allocate(int64_t bytes) {
  if (Block block = allocate_block(bytes)) return block.release();
  return Diagnostic{"", "no memory for " + std::to_string(bytes) + " bytes", ""};
}

void HostMemory::release(std::byte* block) { AlignedFree()(block); }

// Nothing may come from, or go to, a null pointer: that of an empty array.
Status HostMemory::write(void* to, const void* from_host, int64_t bytes) {
  if (bytes > 0) std::memcpy(to, from_host, static_cast<size_t>(bytes));
  return ok();
}

Status HostMemory::read(void* to_host, const void* from, int64_t bytes) {
  if (bytes > 0) std::memcpy(to_host, from, static_cast<size_t>(bytes));
  return ok();
}

Status HostMemory::zero(void* address, int64_t bytes) {
  std::memset(address, 0, static_cast<size_t>(bytes));
  return ok();
}

}  // namespace kiln::runtime
