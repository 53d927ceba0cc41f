#include "runtime/training/callbacks/event_file.h"

#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>

#include "runtime/base/file.h"

namespace kiln::runtime {
namespace {

constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
    table[i] = crc;
  }
  return table;
}

template <typename Value>
std::string little_endian(Value value) {
  std::string bytes(sizeof(value), 0);
  std::memcpy(bytes.data(), &value, sizeof(value));
  return bytes;
}

// The checksum as record files hold it: so that the checksum of data with checksums in it is good.
std::string masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return little_endian(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
}

// Protobuf's fields: a varint of number and wire type, then the value.
std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string key(int number, int wire_type) {
  return varint(static_cast<uint64_t>(number) << 3 | static_cast<uint64_t>(wire_type));
}
std::string integer(int number, int64_t value) {
  return key(number, 0) + varint(static_cast<uint64_t>(value));
}
std::string number64(int number, double value) { return key(number, 1) + little_endian(value); }
std::string bytes(int number, const std::string& value) {
  return key(number, 2) + varint(value.size()) + value;
}

double wall_time() {
  timeval time;
  gettimeofday(&time, nullptr);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::string file_name() {
  static std::atomic<int> number = 0;
  char host[256] = "localhost";
  gethostname(host, sizeof(host) - 1);
  return "events.out.tfevents." + std::to_string(static_cast<int64_t>(wall_time())) + "." + host +
         "." + std::to_string(getpid()) + "." + std::to_string(number++) + ".v2";
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> kTable = crc_table();
  uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<uint8_t>(c)) & 0xff];
  return ~crc;
}

Expected<EventFile> EventFile::create(const std::string& directory) {
  KILN_TRY(create_directories(directory));
  EventFile file(directory + "/" + file_name());
  file.event(bytes(3, "brain.Event:2"));  // Event.file_version
  KILN_TRY(file.flush());
  return file;
}

void EventFile::scalar(const std::string& tag, float value, int64_t step) {
  constexpr int kScalarData = 1;  // SummaryMetadata.data_class
  constexpr int kFloat = 1;       // DataType
  const std::string metadata = bytes(1, bytes(1, "scalars")) + integer(4, kScalarData);
  // No dimensions; TensorProto.tensor_content.
  const std::string tensor = integer(1, kFloat) + bytes(2, "") + bytes(4, little_endian(value));
  const std::string point = bytes(1, tag) + bytes(8, tensor) + bytes(9, metadata);
  event(integer(2, step) + bytes(5, bytes(1, point)));  // Event.step, Event.summary
}

void EventFile::restart_at(int64_t step) {
  constexpr int kStart = 1;
  event(integer(2, step) + bytes(7, integer(1, kStart)));  // Event.session_log
}

void EventFile::event(const std::string& fields) {
  const std::string data = number64(1, wall_time()) + fields;
  const std::string length = little_endian(static_cast<uint64_t>(data.size()));
  pending_ += length + masked_crc(length) + data + masked_crc(data);
}

Status EventFile::flush() {
  KILN_TRY(append_behind(path_, length_, pending_));
  length_ += static_cast<int64_t>(pending_.size());
  pending_.clear();
  return ok();
}

}  // namespace kiln::runtime
