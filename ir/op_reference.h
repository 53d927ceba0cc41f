// The op reference: what `kiln ops` prints and the documentation contains.
#pragma once

#include <string>

namespace kiln::ir {

/// All ops, in the order of their definitions, as aligned lines for a terminal: name, operands,
/// summary, and below it each attribute with its kind and meaning.
std::string op_reference_text();

/// The same as a Markdown table with the columns op, operands, attributes, meaning.
std::string op_reference_markdown();

}  // namespace kiln::ir
