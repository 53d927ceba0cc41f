#include "ir/lexer.h"

#include <algorithm>

namespace kiln::ir {
namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Token Lexer::token(Token::Kind kind, size_t start, size_t end) {
  at_ = end;
  return {kind, text_.substr(start, end - start), start};
}

Token Lexer::error(std::string_view message, size_t start) {
  at_ = text_.size();
  return {Token::Kind::error, message, start};
}

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at_;
    } else if (text_.substr(at_, 2) == "//") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

Token Lexer::string_token(Token::Kind kind, size_t start, size_t opening) {
  size_t end = opening + 1;
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') {
    end += text_[end] == '\\' ? 2 : 1;
  }
  if (end >= text_.size() || text_[end] != '"')
    return error("a string without its closing quote", start);
  at_ = end + 1;
  return {kind, text_.substr(opening + 1, end - opening - 1), start};
}

Token Lexer::number_token(size_t start) {
  size_t end = start + (text_[start] == '-' ? 1 : 0);
  if (text_.substr(end, 3) == "inf") return token(Token::Kind::number, start, end + 3);
  while (end < text_.size() &&
         (is_word_character(text_[end]) || ((text_[end] == '-' || text_[end] == '+') &&
                                            (text_[end - 1] == 'e' || text_[end - 1] == 'E')))) {
    ++end;
  }
  return token(Token::Kind::number, start, end);
}

Token Lexer::word_token(size_t start) {
  size_t end = start;
  while (end < text_.size() && is_word_character(text_[end])) ++end;
  if (text_.substr(start, end - start) != "tensor" || end >= text_.size() || text_[end] != '<') {
    return token(Token::Kind::word, start, end);
  }
  while (end < text_.size() && text_[end] != '>' && text_[end] != '\n') ++end;
  if (end >= text_.size() || text_[end] != '>') return error("a type without its closing >", start);
  return token(Token::Kind::type, start, end + 1);
}

Token Lexer::symbol_token(size_t start) {
  if (start + 1 < text_.size() && text_[start + 1] == '"') {
    return string_token(Token::Kind::quoted_symbol, start, start + 1);
  }
  size_t end = start + 1;
  while (end < text_.size() && is_symbol_character(text_[end])) ++end;
  if (end == start + 1) return error("expected a name after @", start);
  at_ = end;
  return {Token::Kind::symbol, text_.substr(start + 1, end - start - 1), start};
}

Token Lexer::next() {
  skip_blanks();
  const size_t start = at_;
  if (start >= text_.size()) return {Token::Kind::end, "", text_.size()};
  const char c = text_[start];
  const char after = start + 1 < text_.size() ? text_[start + 1] : '\0';
  if (is_word_start(c)) return word_token(start);
  if (is_digit(c) || (c == '-' && (is_digit(after) || after == 'i'))) return number_token(start);
  if (c == '"') return string_token(Token::Kind::string, start, start);
  if (c == '@') return symbol_token(start);
  if (c == '%') {
    size_t end = start + 1;
    while (end < text_.size() && is_word_character(text_[end])) ++end;
    if (end == start + 1) return error("expected a value's name after %", start);
    return token(Token::Kind::value, start, end);
  }
  if (c == '-' && after == '>') return token(Token::Kind::punctuation, start, start + 2);
  if (text_.substr(start, 3) == "...") return token(Token::Kind::punctuation, start, start + 3);
  if (std::string_view("{}()[]<>=:,").find(c) != std::string_view::npos) {
    return token(Token::Kind::punctuation, start, start + 1);
  }
  return error("a character that means nothing here", start);
}

bool unescape(std::string_view text, std::string& result) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    if (++i == text.size()) return false;
    if (text[i] == 'x') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (text[i] == 'n' || text[i] == 't') {
      result += text[i] == 'n' ? '\n' : '\t';
    } else if (text[i] == '"' || text[i] == '\\') {
      result += text[i];
    } else {
      return false;
    }
  }
  return true;
}

Position position_of(std::string_view text, size_t offset) {
  Position position{1, 1};
  for (char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

}  // namespace kiln::ir
