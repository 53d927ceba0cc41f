#pragma once

#include <span>
#include <string>

namespace kiln::runtime {

/// "cats, dogs".
std::string joined(std::span<const std::string> names);

}  // namespace kiln::runtime
