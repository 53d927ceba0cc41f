#include "ir/token_reader.h"

#include <fmt/format.h>

#include <charconv>

namespace kiln::ir {
namespace {

/// A token as an error shows it.
std::string show(const Token& token) {
  switch (token.kind) {
    case Token::Kind::end:
      return "the end of the text";
    case Token::Kind::string:
      return fmt::format("\"{}\"", token.text);
    case Token::Kind::symbol:
      return fmt::format("@{}", token.text);
    case Token::Kind::quoted_symbol:
      return fmt::format("@\"{}\"", token.text);
    default:
      return fmt::format("'{}'", token.text);
  }
}

}  // namespace

Token TokenReader::take() {
  Token taken = next_;
  next_ = lexer_.next();
  return taken;
}

bool TokenReader::at(std::string_view spelling) const {
  return next_.is(Token::Kind::punctuation, spelling) || next_.is(Token::Kind::word, spelling);
}

bool TokenReader::accept(std::string_view spelling) {
  if (!at(spelling)) return false;
  take();
  return true;
}

Diagnostic TokenReader::error(size_t offset, std::string message, std::string note) const {
  const Position position = position_of(text_, offset);
  return {fmt::format("{}:{}:{}", file_, position.line, position.column), std::move(message),
          std::move(note)};
}

Diagnostic TokenReader::expected(std::string_view what) const {
  if (at(Token::Kind::error)) return error(next_.offset, std::string(next_.text));
  return error(next_.offset, fmt::format("expected {}, found {}", what, show(next_)));
}

Status TokenReader::expect(std::string_view spelling) {
  if (!accept(spelling)) return expected(fmt::format("'{}'", spelling));
  return ok();
}

Expected<Token> TokenReader::expect(Token::Kind kind, std::string_view what) {
  if (!at(kind)) return expected(what);
  return take();
}

Expected<std::string> TokenReader::unescaped(const Token& token) const {
  std::string result;
  if (unescape(token.text, result)) return result;
  return error(token.offset, "a malformed escape in a string", R"(escapes are \" \\ \n \t \xHH)");
}

Expected<std::string> TokenReader::string(std::string_view what) {
  KILN_ASSIGN(const Token token, expect(Token::Kind::string, what));
  return unescaped(token);
}

Expected<std::string> TokenReader::symbol(std::string_view what) {
  if (at(Token::Kind::quoted_symbol)) return unescaped(take());
  KILN_ASSIGN(const Token token, expect(Token::Kind::symbol, what));
  return std::string(token.text);
}

Expected<std::string> TokenReader::optional_location() {
  if (!accept("loc")) return std::string();
  KILN_TRY(expect("("));
  KILN_ASSIGN(std::string location, string("the location in quotes"));
  KILN_TRY(expect(")"));
  return location;
}

Expected<Type> TokenReader::type() {
  KILN_ASSIGN(const Token token, expect(Token::Kind::type, "a type such as tensor<2x3xf32>"));
  constexpr std::string_view kOpening = "tensor<";
  std::string_view rest =
      token.text.substr(kOpening.size(), token.text.size() - kOpening.size() - 1);
  auto offset = [&] { return token.offset + static_cast<size_t>(rest.data() - token.text.data()); };
  Type type;
  while (!rest.empty() && (is_digit(rest[0]) || rest[0] == '-' || rest[0] == '?')) {
    int64_t extent = 0;
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), extent);
    if (failure == std::errc::result_out_of_range)
      return error(offset(), "an extent that no machine holds");
    if (failure != std::errc()) {
      return error(offset(), "expected an extent", "shapes are static: every extent is a number");
    }
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    if (!rest.starts_with('x'))
      return error(offset(), "expected x and an element type after an extent");
    rest.remove_prefix(1);
    type.shape.push_back(extent);
    if (type.rank() > kMaxRank) break;
  }
  if (type.rank() <= kMaxRank) {
    const auto element = element_type_from_name(rest);
    if (!element) {
      return error(offset(), fmt::format("unknown element type \"{}\"", rest),
                   "one of f32, f64, f16, bf16, i8, i16, i32, i64, u8, i1");
    }
    type.element = *element;
  }
  if (auto problem = problem_of(type)) return error(token.offset, *problem);
  return type;
}

}  // namespace kiln::ir
