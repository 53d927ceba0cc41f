// How long a training step takes, and how far that is from the machine's limit.
//   train_step [MODEL [BATCH [THREADS]]]     MODEL is an example or a .keras file; default: mnist_mlp 32,
//   on one thread and on all
// Prints the median and the least of many timed groups of steps, FLOPs of the step's contractions,
// and the FMA peak measured on the same threads in the same run.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

#include "frontend/compiler.h"
#include "ir/ops/definition.h"
#include "ir/scan.h"
#include "runtime/model/session.h"
#include "tests/benchmarks/buffers.h"
#include "tests/benchmarks/fma_peak.h"
#include "tests/benchmarks/model.h"

namespace kiln {
namespace {

using benchmarks::Buffers;
using benchmarks::must;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// FLOPs of the products and convolutions of a planned region, those of loops as often as they run.
double contraction_flops(const ir::Region& region) {
  double total = 0;
  for (const auto& op : region.ops()) {
    if (op->is(ir::OpClass::contraction)) total += static_cast<double>(ir::operation_count(*op));
    const auto times = op->is("scan") ? static_cast<double>(ir::parts_of(*op).trip_count) : 1.0;
    for (size_t i = 0; i < op->region_count(); ++i)
      total += times * contraction_flops(op->region(i));
  }
  return total;
}

/// Steps that take about 20 ms together.
int steps_of_a_group(const std::function<void()>& step) {
  for (int i = 0; i < 3; ++i) step();
  const auto start = Clock::now();
  for (int i = 0; i < 3; ++i) step();
  return std::clamp(static_cast<int>(0.02 / (seconds_since(start) / 3)), 1, 100);
}

void measure(const std::string& name, int64_t batch, int threads) {
  double flops = 0;
  CompilerOptions options;
  options.after_pass = [&](const passes::Pass&, const ir::Module& module) {
    flops = contraction_flops(module.function("train_step")->body);
  };
  const keras::Model model = benchmarks::model_named(name);
  const codegen::LoadedCode code =
      must(compile_in_memory(must(keras::lower(model, {.batch = batch})), options));
  runtime::Session session = must(runtime::Session::create(code.model(), threads));
  must(session.initialize(1));
  const kiln_function& step = *session.find_function("train_step");
  Buffers buffers(step);
  auto run_step = [&] { must(session.run(step, buffers.inputs.data(), buffers.outputs.data())); };
  constexpr int kGroups = 60;
  const int steps = steps_of_a_group(run_step);
  std::vector<double> times;
  for (int group = 0; group < kGroups; ++group) {
    const auto start = Clock::now();
    for (int i = 0; i < steps; ++i) run_step();
    times.push_back(seconds_since(start) / steps);
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
