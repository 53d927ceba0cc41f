// A driver's library, opened while the program runs: where there is none, all else still works.
#pragma once

#include <string>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// A library that stays open until the program ends: drivers leave threads behind.
class DriverLibrary {
 public:
  /// Opens `name`, or the file that the environment's `variable` names. The Diagnostic is about
  /// `where`.
  static Expected<DriverLibrary> open(const std::string& where, const char* name,
                                      const char* variable);

  /// Sets `function` to the library's function of that name. One that is missing is noted in
  /// status().
  template <typename Function>
  void find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(symbol(name));
  }

  /// An error where the library lacks a function.
  Status status() const;

 private:
  DriverLibrary(std::string where, std::string name, void* handle);
  void* symbol(const char* name);

  std::string where_;
  std::string name_;
  void* handle_;
  std::string missing_;  ///< the first one
};

}  // namespace kiln::runtime
