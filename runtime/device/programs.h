// The programs that a device's driver has made, and their kernels.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/device/device.h"
#include "runtime/device/device_errors.h"

namespace kiln::runtime {

/// `Program` and `Kernel` are the driver's handles. Programs are known by the addresses of their
/// sources.
template <typename Program, typename Kernel>
class Programs {
 public:
  bool contains(const void* source) const { return programs_.contains(source); }
  void add(const void* source, Program program) { programs_[source].program = program; }

  /// The kernel that is launched; `make`, of an Expected<Kernel> from its program, is asked once.
  template <typename Make>
  Expected<Kernel> find(const DeviceInfo& device, const KernelLaunch& launch, const Make& make) {
    const auto found = programs_.find(launch.program);
    if (found == programs_.end())
      return device_failure(device, std::string("kernel ") + launch.entry + " was not loaded");
    for (const auto& [name, kernel] : found->second.kernels) {
      if (name == launch.entry) return kernel;
    }
    KILN_ASSIGN(const Kernel kernel, make(found->second.program));
    found->second.kernels.emplace_back(launch.entry, kernel);
    return kernel;
  }

  /// Calls release(program, kernels) for each program; they are not used any more.
  template <typename Release>
  void release_all(const Release& release) {
    for (const auto& [source, made] : programs_) release(made.program, made.kernels);
    programs_.clear();
  }

 private:
  struct Made {
    Program program = nullptr;
    std::vector<std::pair<std::string, Kernel>> kernels;  ///< those that were launched
  };
  std::unordered_map<const void*, Made> programs_;
};

}  // namespace kiln::runtime
