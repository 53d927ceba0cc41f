// Numbers as texts have them.
#pragma once

#include <optional>
#include <string_view>

namespace kiln::runtime {

/// The number that `text` is, all of it but spaces and tabs around it; a decimal point is a point
/// whatever the locale. One too small for a double is zero, or the nearest denormal number; nothing
/// where it is too large, or no number.
std::optional<double> parse_decimal(std::string_view text);

/// `text` without spaces and tabs at its ends.
std::string_view trim(std::string_view text);

}  // namespace kiln::runtime
