// Object code as files that need nothing else installed.
#pragma once

#include <string>
#include <vector>

#include "codegen/object_code.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Links an executable from the objects, the runtime and the C library that kiln carries in itself:
/// a static one, unless it opens drivers, which need the system's own C library. Gives the file's
/// bytes.
Expected<std::string> link_executable(const ObjectCode& code);

/// Links a shared library for LoadedCode, which leaves the runtime's symbols undefined. Gives the
/// file's bytes.
Expected<std::string> link_shared_object(const ObjectCode& code);

/// Links a shared library for any program, which sees the symbols of these names. `soname` is what
/// programs look for that were linked with it. It names the C library as what it needs, but where
/// it is `foreign`, for another system than this: its programs then bring that.
Expected<std::string> link_shared_library(const ObjectCode& code,
                                          const std::vector<std::string>& visible,
                                          const std::string& soname, bool foreign = false);

/// Joins the objects into one, which is to be linked again. All their symbols stay visible.
Expected<std::string> link_relocatable(const ObjectCode& code);

}  // namespace kiln::codegen
