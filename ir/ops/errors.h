// What shape rules say when operands do not fit.
#pragma once

#include <fmt/format.h>

#include "ir/op.h"
#include "runtime/base/expected.h"

namespace kiln::ir {

/// "NAME: MESSAGE" at the op's location.
template <typename... Args>
Diagnostic op_error(const Op& op, fmt::format_string<Args...> format, Args&&... args) {
  return {op.location(),
          fmt::format("{}: {}", op.name(), fmt::format(format, std::forward<Args>(args)...)), ""};
}

/// "[32, 784]"
inline std::string show(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace kiln::ir
