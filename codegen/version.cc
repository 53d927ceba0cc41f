#include "codegen/version.h"

#include <HalideRuntime.h>
#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>

#include "codegen/cache.h"
#include "codegen/link_hash.h"
#include "codegen/source_hash.h"

namespace kiln::codegen {

std::string halide_version() {
  return fmt::format("{}.{}.{}", HALIDE_VERSION_MAJOR, HALIDE_VERSION_MINOR, HALIDE_VERSION_PATCH);
}

std::string_view llvm_version() { return LLVM_VERSION_STRING; }

const std::string& code_version() {
  static const std::string version = content_hash({kSourceHash, halide_version(), llvm_version()});
  return version;
}

const std::string& build_version() {
  static const std::string version = content_hash({code_version(), kLinkHash});
  return version;
}

}  // namespace kiln::codegen
