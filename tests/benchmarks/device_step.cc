// What a training step takes on a device beside the CPU.
//   device_step [DEVICE [MODEL [BATCH]]]     as --device names it; default: opencl, all examples,
//   32
// Prints for each model the time of a step on both, as fit() runs it, and what it takes of the
// device: launches, bytes that are copied, memory.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "frontend/compiler.h"
#include "frontend/keras/model/built_in_models.h"
#include "runtime/device/devices.h"
#include "runtime/model/session.h"
#include "runtime/training/step_runner.h"
#include "tests/benchmarks/device_argument.h"
#include "tests/benchmarks/random_examples.h"

namespace kiln {
namespace {

using benchmarks::must;
using benchmarks::random_examples;
using Clock = std::chrono::steady_clock;

/// A model that trains on one device.
class Training {
 public:
  Training(const std::string& name, int64_t batch, const runtime::DeviceChoice& device)
      : code_(
            must(compile_in_memory(must(keras::lower(must(keras::example(name)), {.batch = batch})),
                                   {.devices = {*device.kind}}))),
        session_(must(runtime::Session::create(code_.model(), 0, device))),
        step_(*session_.find_function("train_step")),
        runner_(must(runtime::StepRunner::create(
            session_, "train_step", random_examples(*code_.model(), step_, kSteps * batch), ""))) {
    must(session_.initialize(1));
    must(runner_.keep_examples_on_device());
    pass();  // the driver compiles
  }

  /// Seconds of a step, in a pass over all examples.
  double pass() {
    const auto start = Clock::now();
    for (int64_t i = 0; i < kSteps; ++i) must(runner_.step(i));
    must(runner_.metrics());
    return std::chrono::duration<double>(Clock::now() - start).count() / kSteps;
  }

  /// Of nine passes, or of as many, three at least, as take two seconds.
  double median_of_passes() {
    std::vector<double> times;
    double seconds = 0;
    while (times.size() < 9 && (times.size() < 3 || seconds < 2)) {
      times.push_back(pass());
      seconds += times.back() * kSteps;
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

  /// What a pass takes of the device.
  void print_counters() {
    const runtime::DeviceCounters before = session_.device()->counters();
    pass();
    const runtime::DeviceCounters after = session_.device()->counters();
    fmt::print(
        "  {:.0f} launches, {:.0f} bytes up and {:.0f} down a step; {} bytes of the device's "
        "memory: {} state, {} arena (of the step), {} temporaries, the rest examples and inputs\n",
        static_cast<double>(after.launches - before.launches) / kSteps,
        static_cast<double>(after.bytes_up - before.bytes_up) / kSteps,
        static_cast<double>(after.bytes_down - before.bytes_down) / kSteps,
        session_.device()->allocated_bytes(), code_.model()->state_bytes, step_.arena_bytes,
        session_.target().temporary_bytes);
  }

 private:
  static constexpr int64_t kSteps = 8;

  codegen::LoadedCode code_;
  runtime::Session session_;
  const kiln_function& step_;
  runtime::StepRunner runner_;
};

void measure(const std::string& name, int64_t batch, const runtime::DeviceChoice& device) {
  const double on_cpu = Training(name, batch, {KILN_CPU}).median_of_passes();
  Training training(name, batch, device);
  const double on_device = training.median_of_passes();
  fmt::print("{} batch {}: {:.0f} us a step on {}, {:.0f} us on the CPU: {:.2f} times\n", name,
             batch, on_device * 1e6, runtime::device_kind_name(*device.kind), on_cpu * 1e6,
             on_device / on_cpu);
  training.print_counters();
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) {
  const kiln::runtime::DeviceChoice device = kiln::benchmarks::device_argument(argc, argv);
  const int64_t batch = argc > 3 ? std::atoll(argv[3]) : 32;
  for (const std::string_view name : kiln::keras::example_names()) {
    if (argc <= 2 || name == argv[2]) kiln::measure(std::string(name), batch, device);
  }
}
