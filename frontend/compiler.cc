#include "frontend/compiler.h"

namespace kiln {
namespace {

std::vector<codegen::Target> targets_of(const CompilerOptions& options) {
  std::vector<codegen::Target> targets;
  for (const kiln_device_kind device : options.devices)
    targets.push_back(codegen::target_for(device, kKernelTasks, options.cuda_capability));
  return targets;
}

using CompileFile = Expected<std::string> (*)(const ir::Module&, const codegen::CompileOptions&,
                                              codegen::CompileStatistics*);

/// Runs the passes, then generates code into a file.
Expected<std::string> compile_file(ir::Module module, const CompilerOptions& options,
                                   codegen::CompileStatistics* statistics, CompileFile generate) {
  KILN_TRY(passes::run_pipeline(module, options.after_pass, options.timings));
  codegen::CompileOptions code_options;
  code_options.targets = targets_of(options);
  code_options.use_cache = options.use_cache;
  code_options.checkpoint = options.checkpoint;
  code_options.file_layout = options.file_layout;
  codegen::CompileStatistics unasked;
  if (statistics == nullptr) statistics = &unasked;
  auto file = generate(module, code_options, statistics);
  if (options.timings != nullptr) {
    options.timings->lap("other code generation", {{"plan", statistics->plan_seconds},
                                                   {"kernels", statistics->kernels_seconds},
                                                   {"program", statistics->program_seconds},
                                                   {"link", statistics->link_seconds}});
  }
  return file;
}

}  // namespace

Expected<std::string> compile_executable(ir::Module module, const CompilerOptions& options,
                                         codegen::CompileStatistics* statistics) {
  return compile_file(std::move(module), options, statistics, codegen::compile_executable);
}

Expected<codegen::LoadedCode> compile_in_memory(ir::Module module, const CompilerOptions& options,
                                                codegen::CompileStatistics* statistics) {
  KILN_ASSIGN(const std::string file,
              compile_file(std::move(module), options, statistics, codegen::compile_shared_object));
  return codegen::LoadedCode::load(file);
}

}  // namespace kiln
