#include "frontend/compiler.h"

namespace kiln {
namespace {

std::vector<codegen::Target> targets_of(const CompilerOptions& options) {
  std::vector<codegen::Target> targets;
  for (const kiln_device_kind device : options.devices)
    targets.push_back(codegen::target_for(device, kKernelTasks, options.cuda_capability));
  return targets;
}

}  // namespace

Expected<codegen::ObjectCode> compile(ir::Module module, const CompilerOptions& options,
                                      codegen::CompileStatistics* statistics) {
  KILN_TRY(passes::run_pipeline(module, options.after_pass, options.timings));
  codegen::CompileOptions code_options;
  code_options.targets = targets_of(options);
  code_options.use_cache = options.use_cache;
  codegen::CompileStatistics unasked;
  if (statistics == nullptr) statistics = &unasked;
  auto code = codegen::compile(module, code_options, statistics);
  if (options.timings != nullptr) {
    options.timings->lap("other code generation", {{"plan", statistics->plan_seconds},
                                                   {"kernels", statistics->kernels_seconds},
                                                   {"program", statistics->program_seconds}});
  }
  return code;
}

Expected<codegen::Jit> compile_in_memory(ir::Module module, const CompilerOptions& options,
                                         codegen::CompileStatistics* statistics) {
  KILN_ASSIGN(const codegen::ObjectCode code, compile(std::move(module), options, statistics));
  return codegen::Jit::load(code);
}

}  // namespace kiln
