// TensorBoard's event files. Sources: tensorflow/core/lib/io/record_writer.h (framing),
// core/util/event.proto, core/framework/summary.proto and tensor.proto (messages), RFC 3720 B.4
// (CRC-32C), protobuf.dev/programming-guides/encoding.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// CRC-32C (Castagnoli) of `bytes`.
uint32_t crc32c(std::string_view bytes);

/// An event file being written. Scalars are collected and reach the file with flush().
class EventFile {
 public:
  /// Makes a new file in `directory` (made, too), by TensorFlow's names, and writes its head.
  static Expected<EventFile> create(const std::string& directory);

  /// One point of the curve `tag`, as tf.summary.scalar() writes it.
  void scalar(const std::string& tag, float value, int64_t step);
  /// Says that what older files hold of steps from `step` on did not happen.
  void restart_at(int64_t step);
  Status flush();

  const std::string& path() const { return path_; }

 private:
  explicit EventFile(std::string path) : path_(std::move(path)) {}
  void event(const std::string& fields);

  std::string path_;
  std::string pending_;
  int64_t length_ = 0;
};

}  // namespace kiln::runtime
