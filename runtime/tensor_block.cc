#include "runtime/tensor_block.h"

#include "runtime/model_table.h"
#include "runtime/round_up.h"

namespace kiln::runtime {

TensorBlock packed(std::span<const kiln_tensor> tensors) {
  TensorBlock block;
  for (const kiln_tensor& tensor : tensors) {
    block.offsets.push_back(block.bytes);
    const int64_t end = block.bytes + byte_count(tensor);
    block.bytes = round_up(end, KILN_ALIGNMENT);
  }
  return block;
}

}  // namespace kiln::runtime
