#include "tests/runtime/model/fake_device_model.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/device/kernel_calls.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

// The state's members lie 64 bytes apart: kernel, bias, iterations, learning_rate, momentum,
// squared_total, absolute_total, examples.
constexpr const char* kSource = R"(
  __kernel void init(__global float* s, __global const long* seed, __local int16* shared) {
    for (int i = 0; i < 128; ++i) s[i] = 0;
    s[0] = 0.25f + seed[0];
    s[1] = -0.5f;
    s[48] = 0.05f;
  }
  void measure(__global float* s, __global const float* x, __global const float* y, int count,
               __global float* o0, __global float* o1, __global float* o2, float* gradient) {
    float squared = 0;
    for (int row = 0; row < count; ++row) {
      float error = x[2 * row] * s[0] + x[2 * row + 1] * s[1] + s[16] - y[row];
      squared += error * error;
      s[96] += fabs(error);
      gradient[row] = 2 * error / count;
    }
    s[80] += squared;
    s[112] += count;
    *o0 = squared / count;
    *o1 = s[80] / s[112];
    *o2 = s[96] / s[112];
  }
  __kernel void train_step(__global float* s, __global const float* x, __global const float* y,
                           __global const int* count, __global float* o0, __global float* o1,
                           __global float* o2, __local int16* shared) {
    float gradient[4] = {0, 0, 0, 0};
    measure(s, x, y, *count, o0, o1, o2, gradient);
    float step[3] = {0, 0, 0};
    for (int row = 0; row < 4; ++row) {
      step[0] += gradient[row] * x[2 * row];
      step[1] += gradient[row] * x[2 * row + 1];
      step[2] += gradient[row];
    }
    for (int i = 0; i < 2; ++i) {
      s[64 + i] = 0.5f * s[64 + i] - s[48] * step[i];
      s[i] += s[64 + i];
    }
    s[16] -= s[48] * step[2];
    ((__global long*)s)[16] += 1;
  }
  __kernel void test_step(__global float* s, __global const float* x, __global const float* y,
                          __global const int* count, __global float* o0, __global float* o1,
                          __global float* o2, __local int16* shared) {
    float gradient[4];
    measure(s, x, y, *count, o0, o1, o2, gradient);
  }
  __kernel void predict_step(__global float* s, __global const float* x, __global float* y,
                             __local int16* shared) {
    for (int row = 0; row < 4; ++row)
      y[row] = x[2 * row] * s[0] + x[2 * row + 1] * s[1] + s[16];
  })";

template <size_t kCount>
int32_t launch(void* context, const char* kernel,
               const std::array<const void*, kCount>& addresses) {
  void* state = nullptr;
  const auto bytes = static_cast<int>(std::strlen(kSource)) + 1;
  if (int code = halide_opencl_initialize_kernels(context, &state, kSource, bytes)) return code;
  std::array<KernelBuffer, kCount> buffers{};
  std::array<void*, kCount + 1> arguments{};
  std::array<size_t, kCount + 1> sizes{};
  std::array<int8_t, kCount + 1> is_buffer{};
  for (size_t i = 0; i < kCount; ++i) {
    buffers[i].device = reinterpret_cast<uint64_t>(addresses[i]);
    arguments[i] = &buffers[i];
    sizes[i] = 8;
    is_buffer[i] = 1;
  }
  const char* entry = launches_until_failure() == 0 ? "a_lost_kernel" : kernel;
  if (launches_until_failure() >= 0) --launches_until_failure();
  // As generated code does, which does not look at the result.
  halide_opencl_run(context, state, entry, 1, 1, 1, 1, 1, 1, 0, sizes.data(), arguments.data(),
                    is_buffer.data());
  return 0;
}

int32_t init(void* context, void* state, void*, const void*, const void* const* in, void* const*) {
  return launch<2>(context, "init", {state, in[0]});
}

int32_t train_step(void* context, void* state, void*, const void*, const void* const* in,
                   void* const* out) {
  return launch<7>(context, "train_step", {state, in[0], in[1], in[2], out[0], out[1], out[2]});
}

int32_t test_step(void* context, void* state, void*, const void*, const void* const* in,
                  void* const* out) {
  return launch<7>(context, "test_step", {state, in[0], in[1], in[2], out[0], out[1], out[2]});
}

int32_t predict_step(void* context, void* state, void*, const void*, const void* const* in,
                     void* const* out) {
  return launch<3>(context, "predict_step", {state, in[0], out[0]});
}

// The regression's functions, each with its code for both targets.
struct Table {
  Table() {
    const kiln_run on_device[] = {init, train_step, test_step, predict_step};
    model = fake_regression();
    for (int i = 0; i < model.function_count; ++i) {
      functions[i] = model.functions[i];
      run[i] = {functions[i].run[0], on_device[i]};
      functions[i].run = run[i].data();
    }
    model.functions = functions;
    model.targets = targets;
    model.target_count = 2;
  }

  kiln_function functions[4];
  std::array<kiln_run, 2> run[4];
  kiln_target targets[2] = {{KILN_CPU, "x86-64-linux", 0},
                            {KILN_OPENCL, "x86-64-linux-opencl", 128}};
  kiln_model model;
};

}  // namespace

const kiln_model& fake_device_regression() {
  static const Table table;
  return table.model;
}

int& launches_until_failure() {
  static int launches = -1;
  return launches;
}

}  // namespace kiln::runtime
