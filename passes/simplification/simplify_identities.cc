#include "passes/simplification/simplify_identities.h"

#include <array>

#include "passes/rewrite.h"

namespace kiln::passes {

std::span<const IdentityFamily> identity_families() {
  static constexpr std::array kFamilies = {
      IdentityFamily{"simplify-arithmetic", "add, subtract, multiply, divide, power, negate",
                     simplify_arithmetic},
      IdentityFamily{"simplify-logic", "select, and, or, xor, not, convert", simplify_logic},
      IdentityFamily{"simplify-movement", "reshape, transpose, broadcast, slice, reverse, ...",
                     simplify_movement},
      IdentityFamily{"simplify-pieces", "a sum of padded pieces is a concatenation",
                     simplify_pieces},
      IdentityFamily{"simplify-contraction", "reduce, and dot_general of transposed operands",
                     simplify_contraction},
  };
  return kFamilies;
}

bool apply_identities(ir::Region& region, std::span<const IdentityFamily> families) {
  return rewrite_nested(region,
                        [&](const ir::Op& op, ir::Builder& builder) -> std::vector<ir::Value*> {
                          for (const IdentityFamily& family : families) {
                            if (ir::Tensor tensor = family.simplify(op, builder))
                              return {tensor.value};
                          }
                          return {};
                        });
}

bool simplify_identities(ir::Region& region) {
  return apply_identities(region, identity_families());
}

}  // namespace kiln::passes
