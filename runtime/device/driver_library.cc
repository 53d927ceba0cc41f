#include "runtime/device/driver_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <utility>

namespace kiln::runtime {

DriverLibrary::DriverLibrary(std::string where, std::string name, void* handle)
    : where_(std::move(where)), name_(std::move(name)), handle_(handle) {}

Expected<DriverLibrary> DriverLibrary::open(const std::string& where, const char* name,
                                            const char* variable) {
  const char* const chosen = std::getenv(variable);
  const std::string file = chosen == nullptr || *chosen == 0 ? name : chosen;
  if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL))
    return DriverLibrary(where, file, handle);
  return Diagnostic{where, "there is no driver here: cannot open " + file,
                    std::string("install it, or let ") + variable + " name the library"};
}

void* DriverLibrary::symbol(const char* name) {
  void* const found = dlsym(handle_, name);
  if (found == nullptr && missing_.empty()) missing_ = name;
  return found;
}

Status DriverLibrary::status() const {
  if (missing_.empty()) return ok();
  return Diagnostic{where_, "the driver is too old: " + name_ + " has no " + missing_, ""};
}

}  // namespace kiln::runtime
