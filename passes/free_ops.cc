#include "passes/free_ops.h"

#include <algorithm>

namespace kiln::passes {

bool is_free(const ir::Op& op) {
  constexpr std::string_view kFree[] = {"constant", "iota",  "broadcast_in_dim",
                                        "reshape",  "slice", "reverse"};
  return std::find(std::begin(kFree), std::end(kFree), op.name()) != std::end(kFree);
}

}  // namespace kiln::passes
