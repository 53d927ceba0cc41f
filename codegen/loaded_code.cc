#include "codegen/loaded_code.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "ir/check.h"
#include "runtime/device/halide_runtime.h"
#include "runtime/device/kernel_calls.h"

namespace kiln::codegen {
namespace {

Diagnostic cannot_load(std::string_view why) {
  return {"", fmt::format("cannot load the compiled code: {}", why), ""};
}

/// Without its path, which is a number in /proc.
std::string dynamic_linker_error() {
  const char* const message = dlerror();
  const std::string text = message != nullptr ? message : "unknown error";
  const size_t path_end = text.starts_with("/proc/") ? text.find(": ") : std::string::npos;
  return path_end == std::string::npos ? text : text.substr(path_end + 2);
}

}  // namespace

/// A file in memory, opened as a library: it needs no folder that programs may be run from, and
/// nobody can change it while it runs.
class LoadedCode::Library {
 public:
  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  // The file is open until here: to the dynamic linker its path is its name, which no other library
  // may have meanwhile.
  ~Library() {
    if (handle_ != nullptr) dlclose(handle_);
    if (file_ >= 0) close(file_);
  }

  Status open(std::string_view bytes) {
    file_ = memfd_create("kiln", MFD_CLOEXEC);
    if (file_ < 0) return cannot_load(std::strerror(errno));
    while (!bytes.empty()) {
      const ssize_t written = write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return cannot_load(std::strerror(errno));
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    handle_ = dlopen(fmt::format("/proc/self/fd/{}", file_).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) return cannot_load(dynamic_linker_error());
    return ok();
  }

  /// Null where there is none.
  void* symbol(const char* name) const { return dlsym(handle_, name); }

 private:
  int file_ = -1;
  void* handle_ = nullptr;
};

Expected<LoadedCode> LoadedCode::load(std::string_view shared_object) {
  // That they are asked for links them; BUILD lets libraries see them.
  KILN_CHECK(!runtime::halide_runtime_symbols().empty() && !runtime::kernel_call_symbols().empty(),
             "the runtime has no symbols");
  auto library = std::make_shared<Library>();
  KILN_TRY(library->open(shared_object));
  const auto* const model = static_cast<const kiln_model*>(library->symbol("kiln_model"));
  if (model == nullptr) return cannot_load("it defines no model");
  return LoadedCode(std::move(library), model);
}

}  // namespace kiln::codegen
