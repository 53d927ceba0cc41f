#include "frontend/device.h"

#include <cstdlib>

namespace kiln {
namespace {

/// 10 times what "9.0" says.
int capability_number(const std::string& capability) {
  char* end = nullptr;
  const long major = std::strtol(capability.c_str(), &end, 10);
  const long minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
  return static_cast<int>(10 * major + minor);
}

}  // namespace

Expected<runtime::DeviceChoice> compile_for_device(const runtime::DeviceChoice& choice,
                                                   CompilerOptions& options) {
  constexpr kiln_device_kind kAll[] = {KILN_CPU, KILN_OPENCL, KILN_CUDA};
  KILN_ASSIGN(const runtime::DeviceChoice chosen,
              runtime::choose_device(choice, kAll, "the compiler"));
  options.devices = {*chosen.kind};
  if (chosen.kind != KILN_CUDA) return chosen;
  KILN_ASSIGN(const auto infos, runtime::list_devices(KILN_CUDA));
  // One that is not there is an error when it is opened.
  for (const runtime::DeviceInfo& info : infos) {
    if (info.index == chosen.index) options.cuda_capability = capability_number(info.capability);
  }
  return chosen;
}

}  // namespace kiln
