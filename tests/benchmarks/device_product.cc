// What products of matrices take on a device: N rows by an N x N kernel, in f32.
//   device_product [DEVICE [N...]]     as --device names it; default: opencl, 1024
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "frontend/compiler.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/functional.h"
#include "runtime/device/devices.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"
#include "tests/benchmarks/buffers.h"
#include "tests/benchmarks/device_argument.h"

namespace kiln {
namespace {

using benchmarks::must;
using Clock = std::chrono::steady_clock;

/// Seconds of one product, from `count` of them in a row.
double seconds_of(runtime::FunctionCall& call, runtime::Device& device, int count) {
  const auto start = Clock::now();
  for (int i = 0; i < count; ++i) {
    must(call.begin());
    call.device_input(0);
    must(call.run());
  }
  must(device.wait_for(must(device.mark())));
  return std::chrono::duration<double>(Clock::now() - start).count() / count;
}

void measure(int64_t n, const runtime::DeviceChoice& choice) {
  ir::Module module =
      must(keras::lower(keras::Sequential({keras::Input({n}), keras::Dense(n)}), {.batch = n}));
  const codegen::LoadedCode code =
      must(compile_in_memory(std::move(module), {.devices = {*choice.kind}}));
  auto session = must(runtime::Session::create(code.model(), 0, choice));
  must(session.initialize(1));
  auto call = must(runtime::FunctionCall::create(session, *session.find_function("predict_step")));
  runtime::Device& device = *session.device();
  const double first = std::max(seconds_of(call, device, 1), seconds_of(call, device, 1));
  const int count = std::clamp(static_cast<int>(0.1 / first), 1, 200);
  std::vector<double> times(5);
  for (double& time : times) time = seconds_of(call, device, count);
  std::sort(times.begin(), times.end());
  const double flops =
      2.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
  fmt::print("{0} x {0} x {0}: {1:.0f} us, {2:.0f} GFLOP/s\n", n, times[2] * 1e6,
             flops / times[2] / 1e9);
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) {
  const kiln::runtime::DeviceChoice device = kiln::benchmarks::device_argument(argc, argv);
  std::vector<int64_t> sizes;
  for (int i = 2; i < argc; ++i) sizes.push_back(std::atoll(argv[i]));
  if (sizes.empty()) sizes = {1024};
  for (const int64_t n : sizes) kiln::measure(n, device);
}
