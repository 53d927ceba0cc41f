// Cuts the text form into tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kiln::ir {

/// Letters, digits and `_`, not starting with a digit: op and attribute names, keywords. A word may
/// contain `.` after its first character.
constexpr bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word_character(char c) { return is_word_start(c) || is_digit(c) || c == '.'; }
/// What a symbol may contain without quotes: `@dense/kernel`, `@adam.m-1$2`.
constexpr bool is_symbol_character(char c) {
  return is_word_character(c) || c == '/' || c == '-' || c == '$';
}

/// A piece of the text.
struct Token {
  enum class Kind {
    end,
    word,           ///< func, add, true, inf
    number,         ///< -5, 0.5e3, 0x7fc00000, -inf
    string,         ///< "x": `text` is without the quotes, escapes unresolved
    symbol,         ///< @dense/kernel: `text` without the @
    quoted_symbol,  ///< @"any name": `text` as of a string
    value,          ///< %12: `text` with the %
    type,           ///< tensor<...>: the whole of it
    punctuation,    ///< one character, or `->`, or `...`
    error,          ///< `text` is what is wrong
  };
  Kind kind = Kind::end;
  std::string_view text;
  size_t offset = 0;  ///< of the token's first character in the text

  bool is(Kind other, std::string_view spelling) const { return kind == other && text == spelling; }
};

/// Reads tokens one after the other, skipping white space and `//` comments.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  void skip_blanks();
  Token string_token(Token::Kind kind, size_t start, size_t opening);
  Token number_token(size_t start);
  Token word_token(size_t start);
  Token symbol_token(size_t start);
  Token token(Token::Kind kind, size_t start, size_t end);
  Token error(std::string_view message, size_t start);

  std::string_view text_;
  size_t at_ = 0;
};

/// A string token's characters with its escapes resolved; false where one is malformed.
bool unescape(std::string_view text, std::string& result);

/// Line and column (bytes), both from 1, of an offset.
struct Position {
  int64_t line;
  int64_t column;
};
Position position_of(std::string_view text, size_t offset);

}  // namespace kiln::ir
