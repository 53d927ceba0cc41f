// From a planned module to object code.
#pragma once

#include <vector>

#include "codegen/object_code.h"
#include "codegen/target.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

struct CompileOptions {
  std::vector<Target> targets;  ///< at least one; the program runs on the host of the first
  int jobs = 0;  ///< kernels compiled at once; 0: one for each CPU that this process may run on
  bool use_cache = true;  ///< look for objects in the user's cache, and keep new ones there
};

/// What a compilation did and how long it took.
struct CompileStatistics {
  int calls = 0;       ///< of kernels in the text of all functions, once each target
  int kernels = 0;     ///< distinct ones: fusions of equal regions share one
  int cache_hits = 0;  ///< kernels found in the cache
  bool program_cached = false;
  double plan_seconds = 0;     ///< reading the plan, hashing
  double kernels_seconds = 0;  ///< finding or compiling kernels
  double program_seconds = 0;  ///< finding or compiling the program
};

/// Compiles a verified module that has been through `plan-memory`. The result does not depend on
/// jobs or cache.
Expected<ObjectCode> compile(const ir::Module& module, const CompileOptions& options,
                             CompileStatistics* statistics = nullptr);

/// The name of a fusion's kernel: its kind and a hash of all that its code depends on, which source
/// locations are not.
std::string kernel_name(const ir::Op& fusion, const Target& target);

}  // namespace kiln::codegen
