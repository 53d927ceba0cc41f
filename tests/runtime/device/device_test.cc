#include "runtime/device/device.h"

#include <cstring>
#include <numeric>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/device/devices.h"
#include "runtime/device/kernel_calls.h"
#include "tests/runtime/device/opencl_test.h"

namespace kiln::runtime {
namespace {

using ::testing::HasSubstr;

constexpr kiln_device_kind kCpuAndOpenCl[] = {KILN_CPU, KILN_OPENCL};

TEST(Devices, AreNamedAsTheyAreChosen) {
  EXPECT_EQ(*parse_device("cpu"), (DeviceChoice{KILN_CPU, 0}));
  EXPECT_EQ(*parse_device("opencl"), (DeviceChoice{KILN_OPENCL, 0}));
  EXPECT_EQ(*parse_device("opencl:12"), (DeviceChoice{KILN_OPENCL, 12}));
  EXPECT_EQ(*parse_device("cuda:1"), (DeviceChoice{KILN_CUDA, 1}));
  EXPECT_EQ(*parse_device("auto"), DeviceChoice{});
  for (const char* wrong : {"", "gpu", "opencl:", "opencl:x", "cuda:-1", "cpu:0", "cuda:1,cuda:2"})
    EXPECT_EQ(parse_device(wrong).error().to_string(),
              std::string("error: there is no device \"") + wrong +
                  "\"\nnote: devices: cpu, opencl, opencl:N, cuda, cuda:N, auto");
}

TEST(Devices, KindsAreAList) {
  EXPECT_EQ(*parse_device_kinds("cpu,opencl,cpu"),
            (std::vector<kiln_device_kind>{KILN_CPU, KILN_OPENCL}));
  EXPECT_EQ(parse_device_kinds("cpu,").error().message, "there is no device \"\"");
  EXPECT_EQ(parse_device_kinds("opencl:1").error().message, "there is no device \"opencl:1\"");
}

TEST(Devices, OneThatThereIsNoCodeForIsAnError) {
  EXPECT_EQ(open_device({KILN_CUDA, 0}, kCpuAndOpenCl, "mnist").error().to_string(),
            "error: mnist: has no code for cuda\n"
            "note: it has code for cpu, opencl; compile it with --device=cuda");
}

TEST(Devices, WithoutADriverThereIsOneClearLineOrTheCpu) {
  ASSERT_FALSE(kernel_call_symbols().empty());  // links the drivers
  const EnvironmentEntry no_driver("KILN_OPENCL_LIBRARY", "/nowhere/libOpenCL.so");
  EXPECT_EQ(open_device({KILN_OPENCL, 0}, kCpuAndOpenCl, "mnist").error().to_string(),
            "error: opencl: there is no driver here: cannot open /nowhere/libOpenCL.so\n"
            "note: install it, or let KILN_OPENCL_LIBRARY name the library");
  EXPECT_EQ(choose_device({}, kCpuAndOpenCl, "mnist")->kind, KILN_CPU);
  constexpr kiln_device_kind kOpenCl[] = {KILN_OPENCL};
  EXPECT_EQ(open_device({}, kOpenCl, "mnist").error().message, "there is no device here for mnist");
}

TEST(Devices, ALibraryWithoutTheFunctionsIsTooOld) {
  ASSERT_FALSE(kernel_call_symbols().empty());
  const EnvironmentEntry other("KILN_CUDA_LIBRARY", "libm.so.6");
  EXPECT_EQ(list_devices(KILN_CUDA).error().to_string(),
            "error: cuda: the driver is too old: libm.so.6 has no cuInit");
}

class OpenCl : public OpenClTest {
 protected:
  void SetUp() override {
    OpenClTest::SetUp();
    if (IsSkipped()) return;
    auto opened = open_device({KILN_OPENCL, 0}, kCpuAndOpenCl, "test");
    ASSERT_TRUE(opened) << opened.error().to_string();
    device_ = opened->device;
  }

  MemoryBlock allocate(int64_t bytes) {
    auto block = runtime::allocate(device_, bytes);
    EXPECT_TRUE(block) << block.error().to_string();
    return *block;
  }

  std::vector<float> floats(const std::byte* address, size_t count) {
    std::vector<float> values(count);
    const Status status = device_->read(values.data(), address, static_cast<int64_t>(4 * count));
    EXPECT_TRUE(status) << status.error().to_string();
    return values;
  }

  // Calls kernel `entry` of `source` on a buffer of floats and a factor, as generated code does.
  int run(const char* source, const char* entry, std::byte* address, float factor) {
    void* state = nullptr;
    if (int code = halide_opencl_initialize_kernels(device_.get(), &state, source,
                                                    static_cast<int>(std::strlen(source)) + 1))
      return code;
    KernelBuffer buffer = buffer_at(address);
    size_t sizes[] = {8, 4, 0};
    void* arguments[] = {&buffer, &factor, nullptr};
    int8_t is_buffer[] = {1, 0, 0};
    return halide_opencl_run(device_.get(), state, entry, 2, 1, 1, 8, 1, 1, 256, sizes, arguments,
                             is_buffer);
  }

  static KernelBuffer buffer_at(std::byte* address) {
    static constexpr KernelDimension kDimension = {0, 16, 1, 0};
    KernelBuffer buffer{};
    buffer.device = reinterpret_cast<uint64_t>(address);
    buffer.type_code = 2;
    buffer.type_bits = 32;
    buffer.type_lanes = 1;
    buffer.dimensions = 1;
    buffer.dim = &kDimension;
    return buffer;
  }

  std::shared_ptr<Device> device_;
};

// Reverses the eight numbers of each block through the memory that it shares.
constexpr const char* kReverse = R"(
  __kernel void reverse(__global float* restrict x, float factor, __local int16* shared) {
    __local float* tile = (__local float*)shared;
    tile[get_local_id(0)] = x[get_global_id(0)];
    barrier(CLK_LOCAL_MEM_FENCE);
    x[get_global_id(0)] = factor * tile[7 - get_local_id(0)];
  })";

TEST_F(OpenCl, KernelsGetAddressesValuesAndSharedMemory) {
  const MemoryBlock block = allocate(1024);
  std::vector<float> numbers(16);
  std::iota(numbers.begin(), numbers.end(), 0.f);
  ASSERT_TRUE(device_->write(block.get() + 256, numbers.data(), 64));
  ASSERT_EQ(run(kReverse, "reverse", block.get() + 256, 2), 0);
  ASSERT_EQ(run(kReverse, "reverse", block.get() + 256, 1), 0);
  ASSERT_EQ(run(kReverse, "reverse", block.get() + 256, 1), 0);
  const std::vector<float> result = floats(block.get() + 256, 16);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(result[i], 2.f * (i / 8 * 8 + 7 - i % 8)) << i;
}

TEST_F(OpenCl, MemoryIsZeroAndCopies) {
  const MemoryBlock block = allocate(4096);
  EXPECT_EQ(floats(block.get(), 3), (std::vector<float>{0, 0, 0}));
  const std::vector<float> numbers = {1, 2, 3};
  ASSERT_TRUE(device_->upload(block.get() + 128, numbers.data(), 12));
  ASSERT_TRUE(device_->order_uploads());
  ASSERT_EQ(kiln_device_copy(device_.get(), block.get() + 1024, block.get() + 128, 12), 0);
  EXPECT_EQ(floats(block.get() + 1024, 3), numbers);
  ASSERT_TRUE(device_->zero(block.get() + 1028, 4));
  EXPECT_EQ(floats(block.get() + 1024, 3), (std::vector<float>{1, 0, 3}));
  auto event = device_->mark();
  ASSERT_TRUE(event);
  EXPECT_TRUE(device_->wait_for(*event));
  EXPECT_TRUE(device_->wait_for(nullptr));
}

TEST_F(OpenCl, TemporariesAreUsedAgain) {
  const MemoryBlock block = allocate(64);
  device_->temporaries().use(block.get(), 64);
  KernelBuffer first = buffer_at(nullptr), second = buffer_at(nullptr);
  ASSERT_EQ(halide_device_malloc(device_.get(), &first, nullptr), 0);
  const auto address = reinterpret_cast<uint64_t>(block.get());
  EXPECT_EQ(first.device, address);
  ASSERT_EQ(halide_device_malloc(device_.get(), &first, nullptr), 0);
  EXPECT_EQ(first.device, address) << "it has memory already";
  ASSERT_EQ(halide_device_free(device_.get(), &first), 0);
  halide_device_free_as_destructor(device_.get(), &first);
  EXPECT_EQ(first.device, 0u);
  ASSERT_EQ(halide_device_malloc(device_.get(), &second, nullptr), 0);
  EXPECT_EQ(second.device, address);
  halide_device_free(device_.get(), &second);
}

TEST_F(OpenCl, MoreTemporariesThanThereAreIsAnError) {
  const MemoryBlock block = allocate(64);
  device_->temporaries().use(block.get(), 64);
  KernelBuffer first = buffer_at(nullptr), second = buffer_at(nullptr);
  ASSERT_EQ(halide_device_malloc(device_.get(), &first, nullptr), 0);
  EXPECT_NE(halide_device_malloc(device_.get(), &second, nullptr), 0);
  EXPECT_EQ(second.device, 0u);
  EXPECT_EQ(
      device_->status().error().message,
      "a kernel needs 64 bytes more than the 64 bytes that are there for all its temporaries");
}

TEST_F(OpenCl, ABufferThatIsNotThereIsAnError) {
  KernelBuffer buffer = buffer_at(nullptr);
  EXPECT_NE(halide_copy_to_device(device_.get(), &buffer, nullptr), 0);
  EXPECT_THAT(device_->status().error().message, HasSubstr("not on the device"));
}

TEST_F(OpenCl, AKernelThatDoesNotCompileComesWithTheDriversWords) {
  EXPECT_NE(run("__kernel void broken(int x) { missing(x) }", "broken", nullptr, 1), 0);
  ASSERT_FALSE(device_->status());
  const Diagnostic error = device_->status().error();
  EXPECT_THAT(error.where, HasSubstr("opencl:0 ("));
  EXPECT_THAT(error.message, HasSubstr("its driver does not take a kernel"));
  EXPECT_THAT(error.note, HasSubstr("the driver says: "));
  EXPECT_NE(run(kReverse, "reverse", nullptr, 1), 0) << "after an error nothing is launched";
  EXPECT_EQ(device_->status().error().message, error.message) << "the first error stays";
}

TEST_F(OpenCl, AKernelThatIsNotInItsProgramIsNamed) {
  EXPECT_NE(run(kReverse, "forward", nullptr, 1), 0);
  EXPECT_THAT(device_->status().error().message, HasSubstr("cannot use kernel forward"));
}

TEST_F(OpenCl, AskingForTooMuchMemoryIsAnError) {
  const auto block = device_->allocate(int64_t{1} << 50);
  ASSERT_FALSE(block);
  EXPECT_EQ(block.error().message, "has no memory for a block of 1024.0 TiB");
}

TEST_F(OpenCl, ADeviceThatIsNotThereIsAnError) {
  const auto opened = open_device({KILN_OPENCL, 99}, kCpuAndOpenCl, "test");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().to_string(), HasSubstr("error: opencl:99: there is no such device"));
}

}  // namespace
}  // namespace kiln::runtime
