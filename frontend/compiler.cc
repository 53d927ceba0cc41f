#include "frontend/compiler.h"

namespace kiln {
namespace {

const codegen::Machine& machine_of(const CompilerOptions& options) {
  return options.machine ? *options.machine : codegen::this_machine();
}

std::vector<codegen::Target> targets_of(const CompilerOptions& options) {
  std::vector<codegen::Target> targets;
  for (const kiln_device_kind device : options.devices)
    targets.push_back(
        codegen::target_for(device, kKernelTasks, options.cuda_capability, machine_of(options)));
  return targets;
}

/// Runs the passes, then generates code.
template <typename Generate>
auto compile_module(ir::Module module, const CompilerOptions& options,
                    std::vector<codegen::Target> targets, codegen::CompileStatistics* statistics,
                    const Generate& generate)
    -> decltype(generate(module, codegen::CompileOptions(), statistics)) {
  KILN_TRY(passes::run_pipeline(module, options.after_pass, options.timings));
  codegen::CompileOptions code_options;
  code_options.targets = std::move(targets);
  code_options.use_cache = options.use_cache;
  code_options.checkpoint = options.checkpoint;
  code_options.file_layout = options.file_layout;
  codegen::CompileStatistics unasked;
  if (statistics == nullptr) statistics = &unasked;
  auto code = generate(module, code_options, statistics);
  if (options.timings != nullptr) {
    options.timings->lap("other code generation", {{"plan", statistics->plan_seconds},
                                                   {"kernels", statistics->kernels_seconds},
                                                   {"program", statistics->program_seconds},
                                                   {"link", statistics->link_seconds}});
  }
  return code;
}

/// C aligns a tensor's elements, and no more.
constexpr int64_t kAlignmentInC = 1;

}  // namespace

Expected<std::string> compile_executable(ir::Module module, const CompilerOptions& options,
                                         codegen::CompileStatistics* statistics) {
  return compile_module(std::move(module), options, targets_of(options), statistics,
                        codegen::compile_executable);
}

Expected<codegen::Library> compile_library(ir::Module module,
                                           const codegen::LibraryOptions& library,
                                           const CompilerOptions& options,
                                           codegen::CompileStatistics* statistics) {
  module.attributes["caller_alignment"] = kAlignmentInC;
  return compile_module(
      std::move(module), options, {codegen::freestanding_target(kKernelTasks, machine_of(options))},
      statistics,
      [&](const ir::Module& planned, const codegen::CompileOptions& code_options,
          codegen::CompileStatistics* code_statistics) {
        return codegen::compile_library(planned, code_options, library, code_statistics);
      });
}

Expected<codegen::LoadedCode> compile_in_memory(ir::Module module, const CompilerOptions& options,
                                                codegen::CompileStatistics* statistics) {
  KILN_ASSIGN(const std::string file,
              compile_module(std::move(module), options, targets_of(options), statistics,
                             codegen::compile_shared_object));
  return codegen::LoadedCode::load(file);
}

}  // namespace kiln
