// A model's way through the compiler, from its definition to code that runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codegen/compile.h"
#include "codegen/loaded_code.h"
#include "codegen/machine.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/model.h"
#include "ir/module.h"
#include "passes/pass.h"
#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/base/timings.h"

namespace kiln {

/// Large kernels are cut into at most this many tasks, whatever the number of threads that will run
/// them: their code, and with it every bit of their results, is the same on any.
inline constexpr int kKernelTasks = 8;

struct CompilerOptions {
  /// The kinds of devices to make code for; an executable chooses among them.
  std::vector<kiln_device_kind> devices = {KILN_CPU};
  /// The CPU that the code runs on; nothing: this one. Code for this process is for this one.
  std::optional<codegen::Machine> machine = {};
  /// The least compute capability of CUDA devices, 10 times.
  int cuda_capability = 80;
  bool use_cache = true;  ///< keep compiled kernels in the user's cache, and look there first
  const codegen::Checkpoint* checkpoint = nullptr;   ///< what an executable carries; null: nothing
  const codegen::FileLayout* file_layout = nullptr;  ///< likewise of Keras's files
  passes::AfterPass after_pass = {};                 ///< called after each pass
  Timings* timings = nullptr;  ///< gets a lap for each pass and each part of code generation
};

/// Runs the passes on a module, then compiles it. Gives the bytes of an executable.
Expected<std::string> compile_executable(ir::Module module, const CompilerOptions& options = {},
                                         codegen::CompileStatistics* statistics = nullptr);

/// The same as a library for C. Its step functions are those of the module.
Expected<codegen::Library> compile_library(ir::Module module,
                                           const codegen::LibraryOptions& library,
                                           const CompilerOptions& options = {},
                                           codegen::CompileStatistics* statistics = nullptr);

/// The same, loaded into this process.
Expected<codegen::LoadedCode> compile_in_memory(ir::Module module,
                                                const CompilerOptions& options = {},
                                                codegen::CompileStatistics* statistics = nullptr);

}  // namespace kiln
