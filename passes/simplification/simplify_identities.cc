#include "passes/simplification/simplify_identities.h"

#include "passes/rewrite.h"

namespace kiln::passes {

bool simplify_identities(ir::Region& region) {
  return rewrite_nested(
      region, [](const ir::Op& op, ir::Builder& builder) -> std::vector<ir::Value*> {
        for (auto simplified : {simplify_arithmetic, simplify_logic, simplify_movement,
                                simplify_pieces, simplify_contraction}) {
          if (ir::Tensor tensor = simplified(op, builder)) return {tensor.value};
        }
        return {};
      });
}

}  // namespace kiln::passes
