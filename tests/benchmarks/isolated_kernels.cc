#include "tests/benchmarks/isolated_kernels.h"

#include <fmt/format.h>

#include <memory>

#include "codegen/compile.h"
#include "codegen/loaded_code.h"
#include "frontend/compiler.h"
#include "ir/cloner.h"
#include "passes/memory/plan_memory.h"
#include "tests/benchmarks/call_time.h"

namespace kiln::benchmarks {
namespace {

/// One function with a copy of the fusion: operands in, results out.
void add_function(ir::Module& module, const ir::Op& fusion) {
  ir::Function& function = module.add_function(fmt::format("k{}", module.functions.size()));
  std::vector<ir::Value*> operands;
  for (const ir::Value* operand : fusion.operands()) {
    operands.push_back(function.add_argument(
        operand->type(), ir::Binding::plain(fmt::format("a{}", operands.size()))));
  }
  auto copy = std::make_unique<ir::Op>(fusion.definition(), operands,
                                       ir::Attributes{{"kind", fusion.get<std::string>("kind")}},
                                       fusion.location());
  ir::copy_region(fusion.region(), copy->add_region());
  for (size_t r = 0; r < fusion.result_count(); ++r) copy->add_result(fusion.result(r)->type());
  ir::Op* added = function.body.append(std::move(copy));
  for (size_t r = 0; r < fusion.result_count(); ++r)
    function.add_result(added->result(r), ir::Binding::plain(fmt::format("r{}", r)));
}

}  // namespace

Expected<std::vector<double>> time_alone(const std::vector<codegen::KernelWork>& kernels,
                                         int threads) {
  constexpr double kSeconds = 0.05;  // for each kernel
  ir::Module module;
  module.name = "kernels";
  for (const codegen::KernelWork& kernel : kernels) {
    if (kernel.fusion != nullptr) add_function(module, *kernel.fusion);
  }
  KILN_TRY(passes::plan_memory(module));
  codegen::CompileOptions options;
  options.targets = {codegen::host_target(kKernelTasks)};
  KILN_ASSIGN(const std::string file, codegen::compile_shared_object(module, options));
  KILN_ASSIGN(const codegen::LoadedCode code, codegen::LoadedCode::load(file));
  KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), threads));
  std::vector<double> times;
  const kiln_function* function = code.model()->functions;
  for (const codegen::KernelWork& kernel : kernels) {
    if (kernel.fusion == nullptr) {
      times.push_back(0);
      continue;
    }
    times.push_back(static_cast<double>(kernel.calls) *
                    median_microseconds(session, *function, kSeconds));
    ++function;
  }
  return times;
}

}  // namespace kiln::benchmarks
