#include "ir/attribute_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "ir/literal_text.h"
#include "ir/ops/definition.h"

namespace kiln::ir {
namespace {

Expected<UntypedLiteral> parse_literal(TokenReader& reader) {
  using Form = UntypedLiteral::Form;
  UntypedLiteral literal{reader.take().offset, Form::splat, {}};
  KILN_TRY(reader.expect("<"));
  auto element = [&]() -> Status {
    if (!reader.at(Token::Kind::number) && !reader.at(Token::Kind::word))
      return reader.expected("a number");
    literal.elements.push_back(reader.take());
    return ok();
  };
  if (reader.at("...")) {
    return reader.error(reader.peek().offset, "the printer left this constant out",
                        "print without a limit on constants to get a text that parses");
  }
  if (reader.at(Token::Kind::string)) {
    literal.form = Form::hex;
    literal.elements.push_back(reader.take());
  } else if (reader.accept("[")) {
    literal.form = Form::list;
    while (!reader.at("]")) {
      if (!literal.elements.empty()) KILN_TRY(reader.expect(","));
      KILN_TRY(element());
    }
    KILN_TRY(reader.expect("]"));
  } else {
    KILN_TRY(element());
  }
  KILN_TRY(reader.expect(">"));
  return literal;
}

Expected<int64_t> to_integer(const TokenReader& reader, const Token& token) {
  int64_t value = 0;
  const char* last = token.text.data() + token.text.size();
  const auto [end, failure] = std::from_chars(token.text.data(), last, value);
  if (failure == std::errc() && end == last) return value;
  return reader.error(token.offset, fmt::format("{} is not an integer of 64 bits", token.text));
}

Expected<Attribute> parse_strings(TokenReader& reader) {
  Strings list;
  do {
    KILN_ASSIGN(std::string each, reader.string("a string"));
    list.push_back(std::move(each));
  } while (reader.accept(","));
  KILN_TRY(reader.expect("]"));
  return Attribute(std::move(list));
}

/// After the opening bracket. `[:str]` is the empty list of strings.
Expected<Attribute> parse_list(TokenReader& reader) {
  if (reader.accept("]")) return Attribute(Integers{});
  if (reader.accept(":")) {
    KILN_TRY(reader.expect("str"));
    KILN_TRY(reader.expect("]"));
    return Attribute(Strings{});
  }
  if (reader.at(Token::Kind::string)) return parse_strings(reader);
  Integers list;
  do {
    KILN_ASSIGN(const Token token, reader.expect(Token::Kind::number, "an integer or a string"));
    KILN_ASSIGN(const int64_t each, to_integer(reader, token));
    list.push_back(each);
  } while (reader.accept(","));
  KILN_TRY(reader.expect("]"));
  return Attribute(std::move(list));
}

Expected<Attribute> parse_number_attribute(TokenReader& reader) {
  const Token token = reader.take();
  if (token.text.find_first_not_of("-0123456789") == std::string_view::npos) {
    KILN_ASSIGN(const int64_t integer, to_integer(reader, token));
    return Attribute(integer);
  }
  const auto number = parse_number(token.text);
  if (!number) return reader.error(token.offset, number.error().message);
  return Attribute(*number);
}

/// Any value but a literal.
Expected<Attribute> parse_value(TokenReader& reader) {
  if (reader.accept("true")) return Attribute(true);
  if (reader.accept("false")) return Attribute(false);
  if (reader.accept("[")) return parse_list(reader);
  if (reader.at(Token::Kind::string)) {
    KILN_ASSIGN(std::string text, reader.string("a string"));
    return Attribute(std::move(text));
  }
  if (reader.at(Token::Kind::number) || reader.at("inf") || reader.at("nan"))
    return parse_number_attribute(reader);
  return reader.expected("an attribute's value");
}

/// `["arena+64", "state:w"]`; `[]` and `[:str]` are the empty list.
Expected<Attribute> parse_placements(TokenReader& reader) {
  Placements list;
  KILN_TRY(reader.expect("["));
  if (reader.accept(":")) KILN_TRY(reader.expect("str"));
  while (!reader.at("]")) {
    if (!list.empty()) KILN_TRY(reader.expect(","));
    const size_t offset = reader.peek().offset;
    KILN_ASSIGN(const std::string text, reader.string("a buffer such as \"arena+64\""));
    auto placement = parse_placement(text);
    if (!placement) return reader.error(offset, placement.error().message);
    list.push_back(std::move(*placement));
  }
  KILN_TRY(reader.expect("]"));
  return Attribute(std::move(list));
}

/// Whether the op's definition asks for placements under that name.
bool wants_placements(const OpDefinition* op, std::string_view name) {
  return op != nullptr &&
         std::any_of(op->attributes.begin(), op->attributes.end(), [&](const AttributeSpec& spec) {
           return spec.name == name && spec.kind == AttributeSpec::Kind::placements;
         });
}

/// What the op's definition makes of a value that may be read in two ways.
Attribute as_wanted(Attribute value, const OpDefinition& op, std::string_view name) {
  for (const AttributeSpec& spec : op.attributes) {
    if (spec.name != name) continue;
    const auto* integers = std::get_if<Integers>(&value);
    if (spec.kind == AttributeSpec::Kind::strings && integers && integers->empty())
      return Strings{};
    const auto* integer = std::get_if<int64_t>(&value);
    if (spec.kind == AttributeSpec::Kind::number && integer) return static_cast<double>(*integer);
  }
  return value;
}

/// `dense<...>`, with or without `: type`.
Status parse_literal_attribute(TokenReader& reader, const OpDefinition* op, const std::string& name,
                               ParsedAttributes& parsed) {
  KILN_ASSIGN(UntypedLiteral literal, parse_literal(reader));
  if (op && !reader.at(":")) {
    parsed.untyped.emplace_back(name, std::move(literal));
    parsed.values[name] = Literal();
    return ok();
  }
  KILN_TRY(reader.expect(":"));
  KILN_ASSIGN(const Type type, reader.type());
  KILN_ASSIGN(parsed.values[name], finish_literal(reader, literal, type));
  return ok();
}

Status parse_attribute(TokenReader& reader, const OpDefinition* op, ParsedAttributes& parsed) {
  const size_t offset = reader.peek().offset;
  std::string name;
  if (reader.at(Token::Kind::string)) {
    KILN_ASSIGN(name, reader.string("an attribute's name"));
  } else {
    KILN_ASSIGN(const Token word, reader.expect(Token::Kind::word, "an attribute's name"));
    name = word.text;
  }
  if (parsed.values.contains(name))
    return reader.error(offset, fmt::format("the attribute {} stands twice", name));
  KILN_TRY(reader.expect("="));
  if (reader.at("dense")) {
    KILN_TRY(parse_literal_attribute(reader, op, name, parsed));
  } else if (reader.at("[") && wants_placements(op, name)) {
    KILN_ASSIGN(parsed.values[name], parse_placements(reader));
  } else {
    KILN_ASSIGN(Attribute value, parse_value(reader));
    parsed.values[name] = op ? as_wanted(std::move(value), *op, name) : std::move(value);
  }
  if (!op) return ok();
  auto checked = check_attribute(*op, name, parsed.values[name]);
  return checked ? ok()
                 : Status(reader.error(offset, checked.error().message, checked.error().note));
}

Expected<Literal> finish_hex(const TokenReader& reader, const Token& digits, const Type& type) {
  const auto size = static_cast<size_t>(type.bytes());
  const std::string_view text = digits.text;
  if (!text.starts_with("0x") || text.size() != 2 + 2 * size) {
    return reader.error(
        digits.offset, fmt::format("expected 0x and {} digits for {}", 2 * size, type.to_string()));
  }
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) {
    const char* first = text.data() + 2 + 2 * i;
    uint8_t byte = 0;
    const auto [end, failure] = std::from_chars(first, first + 2, byte, 16);
    if (failure != std::errc() || end != first + 2) {
      return reader.error(digits.offset + 3 + 2 * i, "expected a hexadecimal digit");
    }
    if (type.element == ElementType::i1 && byte > 1) {
      return reader.error(digits.offset + 3 + 2 * i, "an i1 is 00 or 01");
    }
    bytes[i] = static_cast<std::byte>(byte);
  }
  return Literal::from_bytes(type, false, std::move(bytes));
}

}  // namespace

Expected<ParsedAttributes> parse_attributes(TokenReader& reader, const OpDefinition* op) {
  KILN_TRY(reader.expect("{"));
  ParsedAttributes parsed;
  while (!reader.at("}")) {
    if (!parsed.values.empty()) {
      if (!reader.at(",")) return reader.expected("',' or '}'");
      reader.take();
    }
    KILN_TRY(parse_attribute(reader, op, parsed));
  }
  reader.take();
  return parsed;
}

Expected<Literal> finish_literal(const TokenReader& reader, const UntypedLiteral& literal,
                                 const Type& type) {
  if (literal.form == UntypedLiteral::Form::hex)
    return finish_hex(reader, literal.elements[0], type);
  const bool splat = literal.form == UntypedLiteral::Form::splat;
  if (!splat && static_cast<int64_t>(literal.elements.size()) != type.count()) {
    return reader.error(literal.offset,
                        fmt::format("{} elements for {}, which has {}", literal.elements.size(),
                                    type.to_string(), type.count()));
  }
  std::vector<std::byte> bytes;
  for (const Token& element : literal.elements) {
    const auto appended = append_element(type.element, element.text, bytes);
    if (!appended) return reader.error(element.offset, appended.error().message);
  }
  return Literal::from_bytes(type, splat, std::move(bytes));
}

}  // namespace kiln::ir
