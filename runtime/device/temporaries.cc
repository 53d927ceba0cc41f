#include "runtime/device/temporaries.h"

namespace kiln::runtime {

void Temporaries::use(std::byte* block, int64_t bytes) {
  block_ = block;
  block_bytes_ = bytes;
}

std::byte* Temporaries::take(int64_t bytes) {
  if (piece_bytes(bytes) > block_bytes_ - taken_bytes_) return nullptr;
  std::byte* const piece = block_ + taken_bytes_;
  taken_bytes_ += piece_bytes(bytes);
  ++pieces_;
  return piece;
}

void Temporaries::give_back() {
  if (--pieces_ == 0) taken_bytes_ = 0;
}

}  // namespace kiln::runtime
