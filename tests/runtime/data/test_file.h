// Files for tests of the data readers: made in the test's own folder, and damaged in every way.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// A path in the test's own folder; tests of one program that run side by side do not share it.
inline std::string test_path(const std::string& name) {
  const char* folder = std::getenv("TEST_TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/" + std::to_string(getpid()) + "_" +
         name;
}

inline std::string write_test_file(const std::string& name, const std::string& bytes) {
  const std::string path = test_path(name);
  FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::abort();
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  return path;
}

inline std::string read_test_file(const std::string& path) {
  std::string bytes;
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  char buffer[4096];
  while (const size_t count = std::fread(buffer, 1, sizeof buffer, file)) {
    bytes.append(buffer, count);
  }
  std::fclose(file);
  return bytes;
}

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// The fields, which "|" parts, of all lines of a recorded file whose first field is `kind`.
inline std::vector<std::vector<std::string>> recorded_lines(const std::string& path,
                                                            const std::string& kind) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields = split(line, '|');
    if (fields[0] == kind) lines.push_back(fields);
  }
  EXPECT_FALSE(lines.empty());
  return lines;
}

/// The bytes that hexadecimal digits stand for.
inline std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

/// Checks that a result is an error as errors should be: it names the file, and says something.
template <typename Result>
void expect_diagnostic(const Result& result, const std::string& path, const std::string& input) {
  ASSERT_FALSE(result) << input;
  EXPECT_EQ(result.error().where.rfind(path, 0), 0u) << input << ": " << result.error().to_string();
  EXPECT_FALSE(result.error().message.empty()) << input;
}

/// Calls read(path) for `bytes` cut off at every length, which must give a Diagnostic.
template <typename Read>
void expect_truncations_fail(const std::string& name, const std::string& bytes, Read read) {
  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::string path = write_test_file(name, bytes.substr(0, length));
    expect_diagnostic(read(path), path, "cut off at byte " + std::to_string(length));
  }
}

/// Calls read(path) for `bytes` with every byte changed in several ways. It may succeed (a changed
/// element is a value like any other); where it fails, the Diagnostic must be one.
template <typename Read>
void expect_flips_survive(const std::string& name, const std::string& bytes, Read read) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      const std::string path = write_test_file(name, damaged);
      const auto result = read(path);
      if (result) continue;
      expect_diagnostic(result, path,
                        "byte " + std::to_string(i) + " changed by " + std::to_string(change));
    }
  }
}

/// Checks that `result` is an error whose text has `part`.
template <typename Result>
void expect_error(const Result& result, const std::string& part) {
  ASSERT_FALSE(result) << "expected an error with: " << part;
  EXPECT_NE(result.error().to_string().find(part), std::string::npos)
      << "expected: " << part << "\nactual: " << result.error().to_string();
}

}  // namespace kiln::runtime
