// From a planned module to object code, and to files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codegen/library/emit_library.h"
#include "codegen/object_code.h"
#include "codegen/program/checkpoint.h"
#include "codegen/program/file_layout.h"
#include "codegen/target.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

struct CompileOptions {
  std::vector<Target> targets;  ///< at least one; the program runs on the host of the first
  int jobs = 0;  ///< kernels compiled at once; 0: one for each CPU that this process may run on
  const Checkpoint* checkpoint = nullptr;   ///< what an executable carries; null: nothing
  const FileLayout* file_layout = nullptr;  ///< likewise of Keras's files
  bool use_cache = true;  ///< look for objects in the user's cache, and keep new ones there
};

/// What a compilation did and how long it took.
struct CompileStatistics {
  int calls = 0;       ///< of kernels in the text of all functions, once each target
  int kernels = 0;     ///< distinct ones: fusions of equal regions share one
  int cache_hits = 0;  ///< kernels found in the cache, or in a linked file there
  bool program_cached = false;
  double plan_seconds = 0;     ///< reading the plan, hashing
  double kernels_seconds = 0;  ///< finding or compiling kernels
  double program_seconds = 0;  ///< naming, finding or compiling the program
  double link_seconds = 0;     ///< finding or linking the file
};

/// A tensor that takes memory.
struct MemoryPart {
  std::string name;  ///< a variable's, or the location of the op that computes it
  int64_t bytes = 0;
};

/// A model as a library for C.
struct Library {
  std::string header;                ///< its text
  std::string object;                ///< ELF: all of it
  std::vector<std::string> symbols;  ///< what it defines for others
  int64_t code_bytes = 0;
  int64_t constant_bytes = 0;       ///< read-only data, weights among them
  int64_t arena_bytes = 0;          ///< memory that its caller gives for the time of a call
  int64_t state_bytes = 0;          ///< and for as long as the model is used
  int64_t weight_bytes = 0;         ///< of weights in the object
  std::vector<MemoryPart> weights;  ///< the variables, the largest first
  std::vector<MemoryPart> buffers;  ///< what is in the arena at one time or another, likewise
};

/// What is asked of a library.
struct LibraryOptions {
  std::string name;                      ///< the prefix of all that it defines, a C identifier
  std::vector<std::string> class_names;  ///< those of the model's classes, where they are known
  std::optional<SelfTest> self_test;     ///< what NAME_self_test runs
};

/// Compiles a verified module that has been through `plan-memory`. The result does not depend on
/// jobs or cache.
Expected<ObjectCode> compile(const ir::Module& module, const CompileOptions& options,
                             CompileStatistics* statistics = nullptr);

/// The same, linked: the bytes of an executable (see link_executable()), or of a shared library for
/// LoadedCode. What was linked before is kept in the cache, as kernels are, unless it carries a
/// checkpoint.
Expected<std::string> compile_executable(const ir::Module& module, const CompileOptions& options,
                                         CompileStatistics* statistics = nullptr);
Expected<std::string> compile_shared_object(const ir::Module& module, const CompileOptions& options,
                                            CompileStatistics* statistics = nullptr);

/// The same for one freestanding target, as a library that carries the values of the options'
/// checkpoint, if any. Its functions are those of the module.
Expected<Library> compile_library(const ir::Module& module, const CompileOptions& options,
                                  const LibraryOptions& library,
                                  CompileStatistics* statistics = nullptr);

/// The name of a fusion's kernel: its kind and a hash of all that its code depends on, which source
/// locations are not.
std::string kernel_name(const ir::Op& fusion, const Target& target);

}  // namespace kiln::codegen
