#include "runtime/data/arrays.h"

namespace kiln::runtime {

std::vector<NamedArray> Arrays::named(const std::string& kind) const {
  std::vector<NamedArray> result = arrays_;
  for (size_t i = 0; i < result.size(); ++i) {
    if (!result[i].name.empty()) continue;
    result[i].name = result.size() == 1 ? kind : kind + "_" + std::to_string(i);
  }
  return result;
}

}  // namespace kiln::runtime
