// Numbers, strings and literals as text, with bits that survive: what printer and parser agree on.
#pragma once

#include <string>
#include <string_view>

#include "ir/literal.h"
#include "runtime/base/expected.h"

namespace kiln::ir {

/// A literal of more elements than this (that is not a splat) is printed as `dense<"0x...">`: its
/// bytes in memory order, two digits each.
inline constexpr int64_t kLargestSpelledLiteral = 64;

/// `"text"` with `\"`, `\\`, `\n`, `\t` and `\xHH` for other control characters.
std::string quoted(std::string_view text);

/// The shortest decimal that reads back to the same double, always with `.` or `e`; `inf`, `-inf`,
/// `nan`; any other NaN as its bits, `0x7ff8000000000001`.
std::string number_text(double value);

/// One element: true, -5, 0.5, or a NaN's bits in the element's width.
std::string element_text(const Literal& literal, int64_t index);

/// `dense<0.5>` for a splat, `dense<[1, 2, 3]>` row-major otherwise, hex bytes where it is large;
/// `dense<...>` for more than `largest` elements unless `largest` is negative.
std::string literal_text(const Literal& literal, int64_t largest = -1);

/// Appends the element that `text` spells to `bytes`; the message says why it is none.
Status append_element(ElementType element, std::string_view text, std::vector<std::byte>& bytes);

/// The double that `text` (a number as number_text() spells it, or an integer) stands for.
Expected<double> parse_number(std::string_view text);

}  // namespace kiln::ir
