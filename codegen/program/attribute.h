// Attributes that may be absent.
#pragma once

#include <string_view>
#include <variant>

#include "ir/attribute.h"

namespace kiln::codegen {

/// The attribute of that name, which is a T; T() where there is none.
template <typename T>
T attribute_or_default(const ir::Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? T() : std::get<T>(found->second);
}

}  // namespace kiln::codegen
