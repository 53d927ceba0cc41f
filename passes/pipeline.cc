// The compiler's table of contents.
#include <fmt/format.h>

#include <array>
#include <vector>

#include "ir/verifier.h"
#include "passes/fusion/collapse.h"
#include "passes/fusion/fuse.h"
#include "passes/gradients/differentiate.h"
#include "passes/loops/hoist.h"
#include "passes/memory/order.h"
#include "passes/memory/plan_memory.h"
#include "passes/pass.h"
#include "passes/simplification/simplify.h"
#include "passes/simplification/simplify_identities.h"
#include "runtime/base/spelling.h"

namespace kiln::passes {

std::span<const Pass> pipeline() {
  static const std::array kPasses = {
      Pass{"differentiate", "gradients as ordinary ops, in place of every `gradient`",
           differentiate},
      Pass{"simplify", "identities, constant folding, common subexpressions, dead code", simplify},
      Pass{"hoist", "work out of scans: products over all steps at once, before and after the loop",
           hoist},
      Pass{"fuse",
           "ops into kernels: contractions with their epilogues, reductions, pointwise, small ones "
           "together",
           fuse},
      Pass{"collapse", "neighbouring dimensions that a contraction kernel treats alike into one",
           collapse},
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

std::span<const Pass> parts_of_simplify() {
  static const std::vector<Pass> kParts = [] {
    std::vector<Pass> parts;
    auto add = [&](std::string_view name, std::string_view summary, auto rewrite) {
      parts.push_back({name, summary, [rewrite](ir::Module& module) {
                         for (const auto& function : module.functions) rewrite(*function);
                         return ok();
                       }});
    };
    for (const Simplification& each : simplifications()) add(each.name, each.summary, each.run);
    for (const IdentityFamily& family : identity_families()) {
      add(family.name, family.summary, [family](ir::Function& function) {
        apply_identities(function.body, {&family, 1});
      });
    }
    return parts;
  }();
  return kParts;
}

Expected<const Pass*> find_pass(std::span<const Pass> passes, std::string_view name,
                                std::string_view option) {
  std::vector<std::string_view> names;
  for (const Pass& pass : passes) {
    if (pass.name == name) return &pass;
    names.push_back(pass.name);
  }
  std::string note = did_you_mean(name, names);
  if (note.empty()) note = fmt::format("passes: {}", fmt::join(names, ", "));
  return Diagnostic{std::string(option), fmt::format("there is no pass {}", name), std::move(note)};
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
