#include "runtime/training/callbacks/event_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

// RFC 3720, B.4.
TEST(EventFile, Crc32c) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
}

// The events of a file, without their wall times (the first 9 bytes).
std::vector<std::string> events_in(const std::string& path) {
  const std::string bytes = read_test_file(path);
  std::vector<std::string> events;
  for (size_t at = 0; at + 16 < bytes.size();) {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data() + at, sizeof(length));
    events.push_back(bytes.substr(at + 12 + 9, length - 9));
    at += 16 + length;
  }
  return events;
}

TEST(EventFile, WritesTheBytesOfTensorFlow) {
  const std::string folder = test_path("events");
  auto file = EventFile::create(folder);
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->path().rfind(folder + "/events.out.tfevents.", 0), 0u);
  file->scalar("epoch_loss", 0.5f, 3);
  ASSERT_TRUE(file->flush());
  // Written by TensorFlow 2.21's tf.summary.scalar("epoch_loss", 0.5, step=3); its file version
  // comes with the writer's name, too.
  EXPECT_EQ(
      events_in(file->path()),
      (std::vector<std::string>{
          from_hex("1a0d627261696e2e4576656e743a32"),
          from_hex("10032a290a270a0a65706f63685f6c6f7373420a0801120022040000003f4a0d0a090a0773"
                   "63616c6172732001")}));
  std::filesystem::remove_all(folder);
}

// TFRecord's masked checksum of the length 0x18 as TensorFlow writes it.
TEST(EventFile, RecordsBeginWithLengthAndMaskedChecksum) {
  const std::string folder = test_path("framing");
  auto file = EventFile::create(folder);
  ASSERT_TRUE(file);
  EXPECT_EQ(read_test_file(file->path()).substr(0, 12),
            from_hex("1800000000000000") + from_hex("a37f4b22"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace kiln::runtime
