// What a pass is: a free function over a module, with a name and a sentence.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "ir/module.h"
#include "runtime/base/expected.h"
#include "runtime/base/timings.h"

namespace kiln::passes {

/// One entry of the compiler's table of contents.
struct Pass {
  std::string_view name;     ///< as `--passes=` and `--after` spell it: "plan-memory"
  std::string_view summary;  ///< one sentence
  std::function<Status(ir::Module& module)> run;
};

/// The passes that the compiler runs, in order.
std::span<const Pass> pipeline();
/// What `simplify` is made of: the rewrites that it repeats, and the families of identities that
/// "simplify-identities" applies in one walk. Each can be run by itself, once over every function.
std::span<const Pass> parts_of_simplify();

/// The pass of that name among `passes`; an error suggests the nearest name, or lists them all.
/// `option` is where the name comes from: "--passes".
Expected<const Pass*> find_pass(std::span<const Pass> passes, std::string_view name,
                                std::string_view option);

/// Called after each pass, with the module as it then is.
using AfterPass = std::function<void(const Pass&, const ir::Module&)>;

/// Runs the whole pipeline; the verifier runs after each pass. `timings` gets a lap for each pass, by
/// its name, and for "verify".
Status run_pipeline(ir::Module& module, const AfterPass& after = {}, Timings* timings = nullptr);

}  // namespace kiln::passes
