#include "codegen/kernels/output_order.h"

namespace kiln::codegen {

std::vector<size_t> output_order(const ir::Region& region) {
  const auto& results = region.results();
  std::vector<size_t> order;
  std::vector<bool> placed(results.size(), false);
  for (size_t i = 0; i < results.size(); ++i) {
    if (placed[i]) continue;
    for (size_t j = i; j < results.size(); ++j) {
      if (placed[j] || results[j]->type().shape != results[i]->type().shape) continue;
      placed[j] = true;
      order.push_back(j);
    }
  }
  return order;
}

}  // namespace kiln::codegen
