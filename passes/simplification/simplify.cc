#include "passes/simplification/simplify.h"

#include <array>

#include "passes/simplification/eliminate_common_subexpressions.h"
#include "passes/simplification/eliminate_dead_code.h"
#include "passes/simplification/fold_constants.h"
#include "passes/simplification/simplify_identities.h"
#include "passes/simplification/simplify_scan.h"

namespace kiln::passes {
namespace {

/// Far beyond what any module needs: every rewrite removes an op or makes it simpler. A pair of
/// identities that undo each other would hang without it.
constexpr int kMostRounds = 1000;

template <bool (*rewrite)(ir::Region&)>
bool in_body(ir::Function& function) {
  return rewrite(function.body);
}

bool simplify_once(ir::Function& function) {
  bool changed = false;
  for (const Simplification& each : simplifications()) changed = each.run(function) || changed;
  return changed;
}

}  // namespace

std::span<const Simplification> simplifications() {
  static constexpr std::array kAll = {
      Simplification{"fold-constants", "computes what depends on constants alone",
                     in_body<fold_constants>},
      Simplification{"simplify-identities", "algebra, bit for bit: all families below in one walk",
                     in_body<simplify_identities>},
      Simplification{"eliminate-common-subexpressions", "one op where several compute the same",
                     in_body<eliminate_common_subexpressions>},
      Simplification{"simplify-scans", "scans that carry, read and give no more than is needed",
                     in_body<simplify_scans>},
      Simplification{"eliminate-dead-code", "drops what no result needs", eliminate_dead_code},
  };
  return kAll;
}

Status simplify(ir::Module& module) {
  for (const auto& function : module.functions) {
    int round = 0;
    while (simplify_once(*function)) {
      KILN_CHECK(++round < kMostRounds, "simplify does not come to an end in {}", function->name);
    }
  }
  return ok();
}

}  // namespace kiln::passes
