// Data larger than memory: files are mapped, and no part of the way into a model copies them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/data/dataset.h"
#include "runtime/model/session.h"
#include "runtime/training/fit.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kSide = 512;
constexpr int64_t kBatch = 4;
constexpr int64_t kMebibyte = 1 << 20;

/// What this process holds besides pages of files, which the system can take back.
std::optional<int64_t> own_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoll(line.substr(8)) * 1024;
  }
  return std::nullopt;
}

int64_t most_bytes = 0;

int32_t step(void*, void*, void*, const void*, const void* const*, void* const* outputs) {
  most_bytes = std::max(most_bytes, own_bytes().value_or(0));
  for (int i = 0; i < 2; ++i) *static_cast<float*>(outputs[i]) = 0;
  return 0;
}

/// Takes images of 512x512, a mebibyte each, and learns nothing; its steps note the memory in use.
kiln_model model_of_images() {
  static constexpr int64_t kX[] = {kBatch, kSide, kSide}, kY[] = {kBatch};
  static constexpr kiln_input kInputs[] = {{"image", 0}};
  static constexpr kiln_output kOutputs[] = {{"kind", "sparse_categorical_crossentropy", 10}};
  static constexpr kiln_tensor kStepInputs[] = {
      {"x", KILN_F32, 3, kX}, {"y", KILN_I32, 1, kY}, {"count", KILN_I32, 0, nullptr}};
  static constexpr kiln_tensor kStepOutputs[] = {{"batch_loss", KILN_F32, 0, nullptr},
                                                 {"loss", KILN_F32, 0, nullptr}};
  static constexpr kiln_run kRun[] = {step};
  static constexpr kiln_target kTargets[] = {{KILN_CPU, "", 0}};
  static constexpr kiln_function kFunctions[] = {
      {"train_step", kBatch, 3, kStepInputs, 2, kStepOutputs, 0, 0, 1, kRun},
      {"test_step", kBatch, 3, kStepInputs, 2, kStepOutputs, 0, 0, 1, kRun}};
  return {KILN_ABI_VERSION, "images", "",      1, kInputs,    1, kOutputs, 0, 0,
          nullptr,          0,        nullptr, 2, kFunctions, 1, kTargets};
}

/// A file of that size with `header` in front and a hole behind it.
std::string sparse_file(const std::string& name, const std::string& header, int64_t bytes) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << header;
  EXPECT_EQ(truncate(path.c_str(), static_cast<int64_t>(header.size()) + bytes), 0);
  return path;
}

std::string sparse_npy(const std::string& name, const std::string& type, int64_t size, int64_t rows,
                       const std::string& row_dims, int64_t row_elements) {
  std::string text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" +
                     std::to_string(rows) + "," + row_dims + "), }";
  text.append(117 - text.size(), ' ');
  text += '\n';
  const std::string magic("\x93NUMPY\x01\x00\x76\x00", 10);
  return sparse_file(name, magic + text, rows * row_elements * size);
}

std::string big_endian(std::initializer_list<int64_t> numbers) {
  std::string bytes;
  for (const int64_t number : numbers) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  }
  return bytes;
}

/// The memory that an epoch with validation needs beyond what there was before, at its most.
int64_t memory_to_train(const std::string& data) {
  const kiln_model model = model_of_images();
  const int64_t before = own_bytes().value_or(0);
  most_bytes = 0;
  auto session = Session::create(&model, 2);
  auto loaded = load_dataset(data);
  if (!loaded) {
    ADD_FAILURE() << loaded.error().to_string();
    return 0;
  }
  auto examples = adapt(*loaded, model, nullptr);
  FitOptions options;
  options.verbose = 0;
  options.validation_split = 0.25;
  const auto history = fit(*session, examples->train, options);
  EXPECT_TRUE(history) << history.error().to_string();
  EXPECT_GT(most_bytes, 0);
  return most_bytes - before;
}

class MappedData : public testing::Test {
 protected:
  void SetUp() override {
    if (!own_bytes()) GTEST_SKIP() << "the system does not say what a process holds of its own";
  }
  void TearDown() override {
    for (const std::string& path : paths_) std::remove(path.c_str());
  }
  std::string keep(std::string path) { return paths_.emplace_back(std::move(path)); }

 private:
  std::vector<std::string> paths_;
};

TEST_F(MappedData, NpyOfAGibibyteIsTrainedOnInPlace) {
  const std::string x = keep(sparse_npy("x.npy", "<f4", 4, 1024, "512,512", kSide * kSide));
  const std::string y = keep(sparse_npy("y.npy", "<i4", 4, 1024, "", 1));
  EXPECT_LT(memory_to_train(x + "," + y), 32 * kMebibyte);
}

TEST_F(MappedData, NpyOfBytesBecomesNumbersABatchAtATime) {
  const std::string x = keep(sparse_npy("b.npy", "|u1", 1, 1024, "512,512", kSide * kSide));
  const std::string y = keep(sparse_npy("y.npy", "<i4", 4, 1024, "", 1));
  EXPECT_LT(memory_to_train(x + "," + y), 32 * kMebibyte);
}

TEST_F(MappedData, IdxIsMappedToo) {
  const int64_t rows = 1024;
  keep(sparse_file("train-images-idx3-ubyte", big_endian({0x803, rows, kSide, kSide}),
                   rows * kSide * kSide));
  keep(sparse_file("train-labels-idx1-ubyte", big_endian({0x801, rows}), rows));
  EXPECT_LT(memory_to_train(testing::TempDir()), 32 * kMebibyte);
}

/// Whether the pages of these bytes are all in memory.
bool are_resident(const std::byte* begin, int64_t size) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t start = address / static_cast<uintptr_t>(page) * static_cast<uintptr_t>(page);
  const auto length = static_cast<int64_t>(address - start) + size;
  std::vector<unsigned char> pages(static_cast<size_t>((length + page - 1) / page));
  EXPECT_EQ(mincore(reinterpret_cast<void*>(start), static_cast<size_t>(length), pages.data()), 0);
  return std::all_of(pages.begin(), pages.end(), [](unsigned char byte) { return byte & 1; });
}

TEST(ReadAhead, BytesOfAFileComeIntoMemoryMeanwhile) {
  constexpr int64_t kSize = 8 * kMebibyte, kBegin = 5 * kMebibyte + 123, kWanted = 300'000;
  const std::string path = testing::TempDir() + "/ahead";
  std::ofstream(path, std::ios::binary) << std::string(kSize, 'x');
  const int descriptor = open(path.c_str(), O_RDONLY);
  ASSERT_EQ(fsync(descriptor), 0);
  ASSERT_EQ(posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED), 0);
  close(descriptor);
  const auto file = map_file(path);
  ASSERT_TRUE(file) << file.error().to_string();
  const std::byte* wanted = file->bytes.get() + kBegin;
  std::remove(path.c_str());
  if (are_resident(wanted, kWanted)) GTEST_SKIP() << "this file system keeps files in memory";
  read_ahead(wanted, kWanted);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!are_resident(wanted, kWanted) && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(are_resident(wanted, kWanted));
}

}  // namespace
}  // namespace kiln::runtime
