// How long a training step takes, and how far that is from the machine's limit.
//   train_step [MODEL [BATCH [THREADS]]]     default: mnist_mlp 32, on one thread and on all
// Prints the median and the least of many timed groups of steps, FLOPs of the step's contractions,
// and the FMA peak measured on the same threads in the same run.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "frontend/compiler.h"
#include "frontend/keras/examples.h"
#include "ir/ops/definition.h"
#include "passes/cost.h"
#include "runtime/session.h"
#include "tests/benchmarks/buffers.h"
#include "tests/benchmarks/fma_peak.h"

namespace kiln {
namespace {

using benchmarks::Buffers;
using benchmarks::must;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// FLOPs of the products and convolutions of a planned function.
double contraction_flops(const ir::Function& function) {
  double total = 0;
  for (const auto& fusion : function.body.ops()) {
    if (fusion->region_count() == 0) continue;
    for (const auto& op : fusion->region().ops()) {
      if (op->definition().op_class == ir::OpClass::contraction)
        total += static_cast<double>(passes::operation_count(*op));
    }
  }
  return total;
}

void measure(const std::string& name, int64_t batch, int threads) {
  double flops = 0;
  CompilerOptions options;
  options.after_pass = [&](const passes::Pass&, const ir::Module& module) {
    flops = contraction_flops(*module.function("train_step"));
  };
  const keras::Model model = must(keras::example(name));
  const codegen::Jit code =
      must(compile_in_memory(must(keras::lower(model, {.batch = batch})), options));
  runtime::Session session = must(runtime::Session::create(code.model(), threads));
  must(session.initialize(1));
  const kiln_function& step = *session.find_function("train_step");
  Buffers buffers(step);
  constexpr int kGroups = 60, kSteps = 100;
  std::vector<double> times;
  for (int group = 0; group < kGroups; ++group) {
    const auto start = Clock::now();
    for (int i = 0; i < kSteps; ++i)
      must(session.run(step, buffers.inputs.data(), buffers.outputs.data()));
    times.push_back(seconds_since(start) / kSteps);
  }
  std::sort(times.begin(), times.end());
  const double peak = benchmarks::fma_peak(threads);
  fmt::print(
      "{} batch {} threads {}: {:.1f} us a step (median), {:.1f} us (least); {:.2f} MFLOP, {:.1f} "
      "% of {:.0f} GFLOP/s; "
      "{} kernels, arena {} bytes, lower bound {} bytes\n",
      name, batch, threads, times[kGroups / 2] * 1e6, times[0] * 1e6, flops * 1e-6,
      100 * flops / times[kGroups / 2] / peak, peak * 1e-9, step.kernel_count, step.arena_bytes,
      step.arena_lower_bound);
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) {
  const std::string model = argc > 1 ? argv[1] : "mnist_mlp";
  const int64_t batch = argc > 2 ? std::atoll(argv[2]) : 32;
  if (argc > 3) {
    kiln::measure(model, batch, std::atoi(argv[3]));
    return 0;
  }
  kiln::measure(model, batch, 1);
  const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
  if (cpus > 1) kiln::measure(model, batch, cpus);
}
