// Attributes: what an op knows at compile time besides its operands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "ir/literal.h"
#include "ir/placement.h"

namespace kiln::ir {

using Integers = std::vector<int64_t>;
using Strings = std::vector<std::string>;

/// In text: true, 5, 0.5, "name", [1, 2], ["a", "b"], dense<0.5>, ["arena+64", "state:w"]; the last
/// are placements where an op's definition asks for them.
using Attribute =
    std::variant<bool, int64_t, double, std::string, Integers, Strings, Literal, Placements>;

/// By name, in the order in which they are printed.
using Attributes = std::map<std::string, Attribute, std::less<>>;

}  // namespace kiln::ir
