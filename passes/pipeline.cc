// The compiler's table of contents.
#include <array>

#include "ir/verifier.h"
#include "passes/fusion/fuse.h"
#include "passes/gradients/differentiate.h"
#include "passes/loops/hoist.h"
#include "passes/memory/order.h"
#include "passes/memory/plan_memory.h"
#include "passes/pass.h"
#include "passes/simplification/simplify.h"

namespace kiln::passes {

std::span<const Pass> pipeline() {
  static constexpr std::array kPasses = {
      Pass{"differentiate", "gradients as ordinary ops, in place of every `gradient`",
           differentiate},
      Pass{"simplify", "identities, constant folding, common subexpressions, dead code", simplify},
      Pass{"hoist", "work out of scans: products over all steps at once, before and after the loop",
           hoist},
      Pass{"fuse",
           "ops into kernels: contractions with their epilogues, reductions, pointwise, small ones "
           "together",
           fuse},
      Pass{"order",
           "an order of the kernels that keeps little live and lets variables be updated in place",
           order},
      Pass{"plan-memory",
           "an offset in the arena for every temporary, the variables' own places for their new "
           "values",
           plan_memory},
  };
  return kPasses;
}

const Pass* find_pass(std::string_view name) {
  for (const Pass& pass : pipeline()) {
    if (pass.name == name) return &pass;
  }
  return nullptr;
}

Status run_pipeline(ir::Module& module, const AfterPass& after, Timings* timings) {
  for (const Pass& pass : pipeline()) {
    KILN_TRY(pass.run(module));
    lap(timings, pass.name);
    if (Status status = ir::verify(module); !status) {
      return Diagnostic{"after " + std::string(pass.name), status.error().to_string(),
                        "this is a bug in kiln"};
    }
    lap(timings, "verify");
    if (after) after(pass, module);
  }
  return ok();
}

}  // namespace kiln::passes
