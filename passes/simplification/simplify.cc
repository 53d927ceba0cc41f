#include "passes/simplification/simplify.h"

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

bool simplify_once(ir::Function& function) {
  bool changed = fold_constants(function.body);
  changed = simplify_identities(function.body) || changed;
  changed = eliminate_common_subexpressions(function.body) || changed;
  changed = simplify_scans(function.body) || changed;
  return eliminate_dead_code(function) || changed;
}

}  // namespace

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
