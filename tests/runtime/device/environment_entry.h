// The environment, changed for the time of a test.
#pragma once

#include <stdlib.h>

#include <optional>
#include <string>

namespace kiln::runtime {

/// An entry of the environment while it lives.
class EnvironmentEntry {
 public:
  EnvironmentEntry(const char* name, const std::string& value) : name_(name) {
    if (const char* before = getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~EnvironmentEntry() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }
  EnvironmentEntry(const EnvironmentEntry&) = delete;
  EnvironmentEntry& operator=(const EnvironmentEntry&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace kiln::runtime
