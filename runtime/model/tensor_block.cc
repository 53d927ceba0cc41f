#include "runtime/model/tensor_block.h"

#include "runtime/base/round_up.h"
#include "runtime/model/model_table.h"

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
