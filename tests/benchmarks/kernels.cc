// How long each kernel of a training step takes alone.
//   kernels [MODEL [BATCH [THREADS]]]     MODEL is an example or a .keras file; default: mnist_mlp 32,
//   one thread
// Every fusion becomes a function of its own, with buffers of its own: what a step loses beside the
// sum of these is calls, hand-over between threads, and what the kernels do to each other's caches.
#include <fmt/format.h>

#include <cstdlib>

#include "codegen/compile.h"
#include "codegen/loaded_code.h"
#include "frontend/compiler.h"
#include "ir/cloner.h"
#include "ir/ops/definition.h"
#include "passes/memory/plan_memory.h"
#include "tests/benchmarks/buffers.h"
#include "tests/benchmarks/call_time.h"
#include "tests/benchmarks/model.h"

namespace kiln {
namespace {

using benchmarks::median_microseconds;
using benchmarks::must;

/// A module with one function per fusion of the step: operands in, results out.
ir::Module isolate(const ir::Function& step) {
  ir::Module module;
  module.name = "kernels";
  for (const auto& op : step.body.ops()) {
    if (!op->is("fusion")) continue;
    ir::Function& function = module.add_function(fmt::format("k{}", module.functions.size()));
    std::vector<ir::Value*> operands;
    for (const ir::Value* operand : op->operands()) {
      operands.push_back(function.add_argument(
          operand->type(), ir::Binding::plain(fmt::format("a{}", operands.size()))));
    }
    auto fusion = std::make_unique<ir::Op>(op->definition(), operands,
                                           ir::Attributes{{"kind", op->get<std::string>("kind")}},
                                           op->location());
    ir::copy_region(op->region(), fusion->add_region());
    for (size_t r = 0; r < op->result_count(); ++r) fusion->add_result(op->result(r)->type());
    ir::Op* added = function.body.append(std::move(fusion));
    for (size_t r = 0; r < op->result_count(); ++r)
      function.add_result(added->result(r), ir::Binding::plain(fmt::format("r{}", r)));
  }
  must(passes::plan_memory(module));
  return module;
}

double flops(const ir::Op& fusion) {
  double total = 0;
  for (const auto& op : fusion.region().ops())
    total += static_cast<double>(ir::operation_count(*op));
  return total;
}

void measure(const std::string& name, int64_t batch, int threads) {
  ir::Module model = must(keras::lower(benchmarks::model_named(name), {.batch = batch}));
  must(passes::run_pipeline(model));
  const ir::Module kernels = isolate(*model.function("train_step"));
  codegen::CompileOptions options;
  options.targets = {codegen::host_target(kKernelTasks)};
  const codegen::LoadedCode code =
      must(codegen::LoadedCode::load(must(codegen::compile_shared_object(kernels, options))));
  runtime::Session session = must(runtime::Session::create(code.model(), threads));
  double sum = 0;
  for (size_t i = 0; i < kernels.functions.size(); ++i) {
    const ir::Op& fusion = *kernels.functions[i]->body.ops()[0];
    const double time = median_microseconds(session, code.model()->functions[i]);
    sum += time;
    fmt::print("{:8.2f} us {:8.1f} GFLOP/s  {:<12} {}\n", time, flops(fusion) / time * 1e-3,
               fusion.get<std::string>("kind"), fusion.location());
  }
  fmt::print("{:8.2f} us together, {} threads\n", sum, threads);
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) {
  kiln::measure(argc > 1 ? argv[1] : "mnist_mlp", argc > 2 ? std::atoll(argv[2]) : 32,
                argc > 3 ? std::atoi(argv[3]) : 1);
}
