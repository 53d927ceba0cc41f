// Batches that a device makes of the examples that it keeps: the bytes of those that the host
// makes.
#include "runtime/training/resident_examples.h"

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/device/devices.h"
#include "runtime/device/kernel_calls.h"
#include "runtime/training/batches.h"
#include "tests/runtime/device/environment_entry.h"

namespace kiln::runtime {
namespace {

// Rows of whole words and not, batches that begin at a multiple of KILN_ALIGNMENT and not, and
// inputs that go up in several pieces.
constexpr int64_t kBatch = 4;
constexpr int64_t kImages[] = {kBatch, 30000}, kPixels[] = {kBatch, 5}, kWords[] = {kBatch, 16},
                  kFlags[] = {kBatch, 3}, kRows[] = {kBatch};
constexpr kiln_tensor kTensors[] = {
    {"images", KILN_F32, 2, kImages}, {"pixels", KILN_F32, 2, kPixels},
    {"words", KILN_I32, 2, kWords},   {"flags", KILN_U8, 2, kFlags},
    {"labels", KILN_I64, 1, kRows},   {"halves", KILN_F16, 1, kRows},
    {"weights", KILN_F32, 1, kRows},  {"count", KILN_I32, 0, nullptr},
};
constexpr size_t kInputs = std::size(kTensors) - 1;

// Gives its inputs as outputs.
int32_t echo(void* context, void*, void*, const void*, const void* const* in, void* const* out) {
  for (size_t i = 0; i < std::size(kTensors); ++i) {
    if (int32_t code = kiln_device_copy(context, out[i], in[i], byte_count(kTensors[i])))
      return code;
  }
  return 0;
}

struct EchoModel {
  kiln_run run[2] = {echo, echo};
  kiln_function function{};
  kiln_target targets[2] = {{KILN_OPENCL, "opencl", 0}, {KILN_CUDA, "cuda", 0}};
  kiln_model model{};

  EchoModel() {
    function.name = "echo";
    function.batch = kBatch;
    function.input_count = function.output_count = static_cast<int32_t>(std::size(kTensors));
    function.inputs = function.outputs = kTensors;
    function.run = run;
    model.abi_version = KILN_ABI_VERSION;
    model.name = "echo";
    model.function_count = 1;
    model.functions = &function;
    model.target_count = 2;
    model.targets = targets;
  }
};

Array numbered(kiln_element_type type, std::vector<int64_t> dims) {
  const Array array = allocate(type, std::move(dims));
  for (int64_t i = 0; i < array.bytes(); ++i)
    array.data()[i] = static_cast<std::byte>((i * 37 + i / 256) % 251);
  return array;
}

std::vector<BatchInput> examples_of(int64_t rows) {
  const Array sources[kInputs] = {
      numbered(KILN_U8, {rows, 30000}), convert(numbered(KILN_U8, {rows, 5}), KILN_F64),
      numbered(KILN_I32, {rows, 16}),   numbered(KILN_U8, {rows, 3}),
      numbered(KILN_I64, {rows}),       numbered(KILN_F16, {rows}),
      numbered(KILN_F32, {rows}),
  };
  std::vector<BatchInput> inputs;
  for (size_t i = 0; i < kInputs; ++i) inputs.emplace_back(sources[i], kTensors[i]);
  return inputs;
}

class ResidentExamplesOn : public ::testing::TestWithParam<kiln_device_kind> {
 protected:
  void SetUp() override {
    ASSERT_FALSE(kernel_call_symbols().empty());  // links the drivers
    const auto infos = list_devices(GetParam());
    if (!infos || infos->empty() || !(*infos)[0].refusal.empty())
      GTEST_SKIP() << "NO OPENCL DEVICE: nothing is tested here; install pocl-opencl-icd";
    auto session = Session::create(&echo_.model, 2, {GetParam(), 0});
    ASSERT_TRUE(session) << session.error().to_string();
    session_.emplace(std::move(*session));
  }

  // A pass on the device gives the bytes of a pass on the host.
  void expect_the_hosts_batches(ResidentExamples& resident, const std::vector<BatchInput>& inputs,
                                int64_t rows, const std::vector<uint32_t>& order) {
    ASSERT_TRUE(resident.set_order(order));
    auto call = FunctionCall::create(*session_, echo_.function);
    ASSERT_TRUE(call);
    for (int64_t first = 0; first < rows; first += kBatch) {
      ASSERT_TRUE(call->begin() && resident.feed(*call, first / kBatch));
      const Status status = call->run();
      ASSERT_TRUE(status) << status.error().to_string();
      ASSERT_TRUE(call->fetch());
      const std::byte* outputs = *call->outputs(call->runs() - 1);
      const auto count = static_cast<int32_t>(std::min(kBatch, rows - first));
      EXPECT_EQ(std::memcmp(outputs + call->output_offset(kInputs), &count, 4), 0) << first;
      for (size_t i = 0; i < kInputs; ++i) {
        std::vector<std::byte> batch(static_cast<size_t>(byte_count(kTensors[i])));
        inputs[i].gather(batch.data(), session_->pool(), order.empty() ? nullptr : order.data(),
                         first, count);
        EXPECT_EQ(std::memcmp(outputs + call->output_offset(i), batch.data(), batch.size()), 0)
            << kTensors[i].name << " " << first;
      }
    }
  }

  EchoModel echo_;
  std::optional<Session> session_;

 private:
  EnvironmentEntry cache_{"POCL_CACHE_DIR", ::testing::TempDir() + "/pocl"};
  EnvironmentEntry library_{"KILN_CUDA_LIBRARY", "tests/runtime/device/libfake_cuda.so"};
};

TEST_P(ResidentExamplesOn, TheDeviceMakesTheHostsBatches) {
  for (const int64_t rows : {1, 4, 41}) {
    const std::vector<BatchInput> inputs = examples_of(rows);
    auto resident = ResidentExamples::create(*session_, echo_.function, inputs, rows);
    ASSERT_TRUE(resident) << resident.error().to_string();
    ASSERT_TRUE(*resident);
    expect_the_hosts_batches(**resident, inputs, rows, {});
    for (int epoch = 0; epoch < 2; ++epoch)
      expect_the_hosts_batches(**resident, inputs, rows, shuffled_order(rows, 1, epoch));
    expect_the_hosts_batches(**resident, inputs, rows, {});
  }
}

TEST_P(ResidentExamplesOn, OnlyOrdersAndResultsMove) {
  const std::vector<BatchInput> inputs = examples_of(10);
  auto resident = *ResidentExamples::create(*session_, echo_.function, inputs, 10);
  const DeviceCounters before = session_->device()->counters();
  expect_the_hosts_batches(*resident, inputs, 10, shuffled_order(10, 1, 0));
  const DeviceCounters& after = session_->device()->counters();
  EXPECT_EQ(after.bytes_up - before.bytes_up, 12 * 4) << "whole batches of row numbers";
  EXPECT_EQ(after.launches - before.launches, 3 * static_cast<int64_t>(kInputs));
  EXPECT_EQ(after.bytes_down - before.bytes_down, 3 * packed(outputs_of(echo_.function)).bytes);
}

TEST_P(ResidentExamplesOn, WhatDoesNotFitStaysOnTheHost) {
  const std::vector<BatchInput> inputs = examples_of(40);
  const int64_t before = session_->device()->allocated_bytes();
  {
    const EnvironmentEntry little("KILN_DEVICE_MEMORY", "5");
    EXPECT_FALSE(*ResidentExamples::create(*session_, echo_.function, inputs, 40));
  }
  EXPECT_EQ(session_->device()->allocated_bytes(), before);
  const EnvironmentEntry enough("KILN_DEVICE_MEMORY", "10");
  auto resident = ResidentExamples::create(*session_, echo_.function, inputs, 40);
  EXPECT_TRUE(*resident);
  EXPECT_GT(session_->device()->allocated_bytes(), before + 40 * 120'000);
  EXPECT_FALSE(*ResidentExamples::create(*session_, echo_.function, inputs, 40));
}

INSTANTIATE_TEST_SUITE_P(Devices, ResidentExamplesOn, ::testing::Values(KILN_OPENCL, KILN_CUDA),
                         [](const auto& kind) { return device_kind_name(kind.param); });

}  // namespace
}  // namespace kiln::runtime
