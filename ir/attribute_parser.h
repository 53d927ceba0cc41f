// Reads attribute lists and literals.
#pragma once

#include <string>
#include <vector>

#include "ir/attribute.h"
#include "ir/token_reader.h"

namespace kiln::ir {

struct OpDefinition;

/// `dense<...>` before its type is known.
struct UntypedLiteral {
  size_t offset = 0;
  enum class Form { splat, list, hex } form = Form::splat;
  std::vector<Token> elements;  ///< the string of digits where the form is hex
};

/// An attribute list as written; literals without a type of their own wait for the op's.
struct ParsedAttributes {
  Attributes values;
  std::vector<std::pair<std::string, UntypedLiteral>> untyped;
};

/// `{name = value, ...}`. With an op's definition, names and kinds are checked against it and
/// `[]`, `5` become what it wants; without, every literal needs its type.
Expected<ParsedAttributes> parse_attributes(TokenReader& reader, const OpDefinition* op);

/// Gives a literal its type: as many elements as the type has, each within the element type.
Expected<Literal> finish_literal(const TokenReader& reader, const UntypedLiteral& literal,
                                 const Type& type);

}  // namespace kiln::ir
