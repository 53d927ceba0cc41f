// CUDA's driver API as kiln calls it, with a stand-in for the driver.
#include <cstring>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/device/devices.h"
#include "runtime/device/kernel_calls.h"
#include "tests/runtime/device/environment_entry.h"

namespace kiln::runtime {
namespace {

using ::testing::HasSubstr;

constexpr kiln_device_kind kCpuAndCuda[] = {KILN_CPU, KILN_CUDA};
constexpr const char* kProgram = "// PTX of `scale`";

class Cuda : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(kernel_call_symbols().empty()); }  // links the drivers

  static std::shared_ptr<Device> open() {
    auto opened = open_device({KILN_CUDA, 0}, kCpuAndCuda, "test");
    EXPECT_TRUE(opened) << opened.error().to_string();
    return opened->device;
  }

  // x[0 .. 7] *= factor, as generated code says it.
  static int scale(Device& device, const char* program, std::byte* x, float factor) {
    void* state = nullptr;
    const auto bytes = static_cast<int>(std::strlen(program)) + 1;
    if (int code = halide_cuda_initialize_kernels(&device, &state, program, bytes)) return code;
    KernelBuffer buffer{};
    buffer.device = reinterpret_cast<uint64_t>(x);
    size_t sizes[] = {8, 4, 0};
    void* arguments[] = {&buffer, &factor, nullptr};
    int8_t is_buffer[] = {1, 0, 0};
    return halide_cuda_run(&device, state, "scale", 2, 1, 1, 4, 1, 1, 64 << 10, sizes, arguments,
                           is_buffer);
  }

 private:
  EnvironmentEntry library_{"KILN_CUDA_LIBRARY", "tests/runtime/device/libfake_cuda.so"};
};

TEST_F(Cuda, DevicesAreListed) {
  const auto infos = list_devices(KILN_CUDA);
  ASSERT_TRUE(infos) << infos.error().to_string();
  ASSERT_EQ(infos->size(), 1u);
  const DeviceInfo& info = (*infos)[0];
  EXPECT_EQ(info.title(), "cuda:0 (Fake GPU)");
  EXPECT_EQ(info.capability, "9.0");
  EXPECT_EQ(info.driver, "CUDA 12.4");
  EXPECT_EQ(info.compute_units, 132);
  EXPECT_TRUE(info.is_gpu);
  EXPECT_EQ(choose_device({}, kCpuAndCuda, "test")->kind, KILN_CUDA) << "a GPU is the first choice";
}

TEST_F(Cuda, KernelsRunOnWhatWasUploaded) {
  const std::shared_ptr<Device> device = open();
  auto block = allocate(device, 64);
  auto staging = device->allocate_staging(64);
  ASSERT_TRUE(block && staging);
  std::vector<float> x(8);
  ASSERT_TRUE(device->read(x.data(), block->get(), 32));
  EXPECT_EQ(x, std::vector<float>(8, 0)) << "memory begins as zero";
  reinterpret_cast<float*>(staging->get())[3] = 5;
  ASSERT_TRUE(device->upload(block->get(), staging->get(), 32));
  ASSERT_TRUE(device->order_uploads());
  ASSERT_EQ(scale(*device, kProgram, block->get(), 2), 0) << device->status().error().to_string();
  ASSERT_EQ(scale(*device, kProgram, block->get(), 3), 0);
  ASSERT_EQ(kiln_device_copy(device.get(), block->get() + 32, block->get(), 32), 0);
  auto event = device->mark();
  ASSERT_TRUE(event);
  ASSERT_TRUE(device->wait_for(*event));
  ASSERT_TRUE(device->read(x.data(), block->get() + 32, 32));
  EXPECT_EQ(x[3], 30);
  ASSERT_TRUE(device->zero(block->get() + 32, 32));
  ASSERT_TRUE(device->read(x.data(), block->get() + 32, 32));
  EXPECT_EQ(x[3], 0);
  EXPECT_LT(*device->free_bytes(), device->info().memory_bytes);
}

TEST_F(Cuda, AProgramThatDoesNotLoadComesWithTheDriversWords) {
  const std::shared_ptr<Device> device = open();
  EXPECT_NE(scale(*device, "nonsense", nullptr, 1), 0);
  EXPECT_THAT(device->status().error().to_string(),
              HasSubstr("error: cuda:0 (Fake GPU): its driver does not take a kernel"));
  EXPECT_EQ(device->status().error().note, "the driver says: ptxas: line 1: a syntax error");
}

TEST_F(Cuda, EachFailureNamesDeviceAndCause) {
  for (const char* function : {"cuMemsetD8Async", "cuStreamSynchronize", "cuLaunchKernel",
                               "cuModuleGetFunction", "cuMemcpyDtoHAsync"}) {
    const std::shared_ptr<Device> device = open();
    auto block = allocate(device, 64);
    ASSERT_TRUE(block);
    const EnvironmentEntry fails("FAKE_CUDA_FAILS", function);
    float x[8];
    scale(*device, kProgram, block->get(), 2);
    Status status = device->status();
    if (status) status = device->zero(block->get(), 32);
    if (status) status = device->read(x, block->get(), 32);
    ASSERT_FALSE(status) << function;
    EXPECT_EQ(status.error().where, "cuda:0 (Fake GPU)") << function;
    EXPECT_THAT(status.error().message, HasSubstr("CUDA_ERROR_FAKE (as asked for)")) << function;
  }
}

TEST_F(Cuda, TooMuchMemoryIsAnError) {
  const auto block = open()->allocate(int64_t{2} << 30);
  ASSERT_FALSE(block);
  EXPECT_EQ(block.error().message, "has no memory for a block of 2.0 GiB");
}

TEST_F(Cuda, ADeviceThatAnotherProcessKeepsIsSaidToBe) {
  const EnvironmentEntry taken("FAKE_CUDA_TAKEN", "1");
  const auto refused = open_device({KILN_CUDA, 0}, kCpuAndCuda, "test");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().to_string(),
            "error: cuda:0 (Fake GPU): another process has it for itself\n"
            "note: wait for that process, or choose another device");
  const auto automatic = open_device({}, kCpuAndCuda, "test");
  ASSERT_TRUE(automatic);
  EXPECT_EQ(automatic->kind, KILN_CPU);
}

TEST_F(Cuda, ADriverThatDoesNotStartIsAnError) {
  const EnvironmentEntry fails("FAKE_CUDA_FAILS", "cuInit");
  EXPECT_EQ(list_devices(KILN_CUDA).error().message,
            "the driver does not start: CUDA_ERROR_FAKE (as asked for)");
}

}  // namespace
}  // namespace kiln::runtime
