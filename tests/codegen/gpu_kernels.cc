#include "tests/codegen/gpu_kernels.h"

#include <unordered_set>

#include "codegen/compile.h"
#include "codegen/parallel.h"
#include "codegen/program/plan.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/built_in_models.h"
#include "passes/pass.h"

namespace kiln::tests {
namespace {

/// A kernel and the fusion that it is compiled from.
struct Job {
  GpuKernel kernel;
  const ir::Op* fusion;
};

std::string without_model(const std::string& location) {
  return location.substr(location.find('/') + 1);
}

std::vector<Job> distinct_kernels(const codegen::ModulePlan& plan, const codegen::Target& target) {
  std::vector<Job> jobs;
  std::unordered_set<std::string> seen;
  for (const codegen::FunctionPlan& function : plan.functions) {
    codegen::for_each_call(function.steps, [&](const codegen::KernelCall& call) {
      const ir::Op& fusion = *call.fusion;
      if (!seen.insert(codegen::kernel_name(fusion, target)).second) return;
      jobs.push_back({{.kind = fusion.get<std::string>("kind"),
                       .function = function.function->name,
                       .layer = without_model(fusion.location()),
                       .code = {}},
                      &fusion});
    });
  }
  return jobs;
}

Status compile(std::vector<Job>& jobs, const codegen::Target& target) {
  std::vector<Status> outcomes(jobs.size(), ok());
  codegen::for_each_in_parallel(jobs.size(), 0, [&](size_t i) {
    auto code = codegen::device_code(*jobs[i].fusion, target);
    if (code) {
      jobs[i].kernel.code = std::move(*code);
    } else {
      outcomes[i] = code.error();
    }
  });
  for (Status& outcome : outcomes) KILN_TRY(std::move(outcome));
  return ok();
}

}  // namespace

Expected<std::vector<GpuKernel>> gpu_kernels(std::string_view name, const codegen::Target& target) {
  KILN_ASSIGN(const keras::Model model, keras::example(name));
  KILN_ASSIGN(ir::Module module, keras::lower(model, {.batch = 32}));
  KILN_TRY(passes::run_pipeline(module));
  KILN_ASSIGN(const codegen::ModulePlan plan, codegen::read_plan(module));
  std::vector<Job> jobs = distinct_kernels(plan, target);
  KILN_TRY(compile(jobs, target));
  std::vector<GpuKernel> kernels;
  for (Job& job : jobs) kernels.push_back(std::move(job.kernel));
  return kernels;
}

}  // namespace kiln::tests
