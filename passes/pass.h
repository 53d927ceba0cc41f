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
  Status (*run)(ir::Module& module);
};

/// All passes, in the order in which the compiler runs them.
std::span<const Pass> pipeline();
/// Null where there is none of that name.
const Pass* find_pass(std::string_view name);

/// Called after each pass, with the module as it then is.
using AfterPass = std::function<void(const Pass&, const ir::Module&)>;

/// Runs the whole pipeline; the verifier runs after each pass. `timings` gets a lap for each pass, by
/// its name, and for "verify".
Status run_pipeline(ir::Module& module, const AfterPass& after = {}, Timings* timings = nullptr);

}  // namespace kiln::passes
