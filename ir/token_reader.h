// The parser's view of the text: one token ahead, and errors with positions.
#pragma once

#include <string>
#include <string_view>

#include "ir/lexer.h"
#include "ir/type.h"
#include "runtime/base/expected.h"

namespace kiln::ir {

/// Reads tokens and the small things made of one or two of them. What is not there becomes an
/// error `file:line:column: expected WHAT, found TOKEN`.
class TokenReader {
 public:
  TokenReader(std::string_view text, std::string_view file)
      : text_(text), file_(file), lexer_(text) {
    take();
  }

  /// The next token; it stays.
  const Token& peek() const { return next_; }
  bool at(Token::Kind kind) const { return next_.kind == kind; }
  bool at(std::string_view spelling) const;
  Token take();
  /// Takes the next token if it is that punctuation or word.
  bool accept(std::string_view spelling);

  Status expect(std::string_view spelling);
  Expected<Token> expect(Token::Kind kind, std::string_view what);
  Expected<std::string> string(std::string_view what);
  /// `@name`
  Expected<std::string> symbol(std::string_view what);
  Expected<Type> type();
  /// ` loc("...")` if it is there.
  Expected<std::string> optional_location();

  /// At an offset of the text.
  Diagnostic error(size_t offset, std::string message, std::string note = "") const;
  /// "expected WHAT, found ..." at the next token.
  Diagnostic expected(std::string_view what) const;

 private:
  Expected<std::string> unescaped(const Token& token) const;

  std::string_view text_;
  std::string_view file_;
  Lexer lexer_;
  Token next_;
};

}  // namespace kiln::ir
