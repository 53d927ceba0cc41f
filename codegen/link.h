// Object code as files that need nothing else installed.
#pragma once

#include <string>

#include "codegen/object_code.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Links an executable from the objects, the runtime and the C library that kiln carries in itself:
/// a static one, unless it opens drivers, which need the system's own C library. `output` appears
/// whole and executable, or not at all.
Status link_executable(const ObjectCode& code, const std::string& output);

}  // namespace kiln::codegen
