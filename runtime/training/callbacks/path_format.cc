#include "runtime/training/callbacks/path_format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "runtime/training/training.h"

namespace kiln::runtime {
namespace {

// A piece of the pattern: text, or a name with its format.
struct Piece {
  std::string text;
  std::string name;         // empty: text
  std::string flags, type;  // "02" or ".2"; "d"
};

// "02d", ".2f", "" into flags and type.
bool read_format(std::string_view format, Piece& piece) {
  size_t digits = format.find_first_not_of("0123456789");
  if (digits != std::string_view::npos && format[digits] == '.') {
    const size_t precision = digits + 1;
    digits = format.find_first_not_of("0123456789", precision);
    if (digits == precision || precision == format.size()) return false;
  }
  piece.flags = format.substr(0, digits);
  piece.type = digits == std::string_view::npos ? "" : format.substr(digits);
  // A width of more digits is a slip.
  if (piece.flags.size() > 6) return false;
  return piece.type.empty() ||
         (piece.type.size() == 1 &&
          std::string_view("deEfFgG%").find(piece.type[0]) != std::string_view::npos);
}

Diagnostic wrong_pattern(const std::string& pattern, const std::string& message) {
  return {pattern, message,
          "write names as {epoch:02d} or {val_loss:.2f}, and braces as {{ and }}"};
}

Expected<std::vector<Piece>> read_pattern(const std::string& pattern) {
  std::vector<Piece> pieces(1);
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if ((c == '{' || c == '}') && i + 1 < pattern.size() && pattern[i + 1] == c) {
      pieces.back().text += pattern[i++];
    } else if (c == '{') {
      const size_t end = pattern.find('}', i);
      if (end == std::string::npos) return wrong_pattern(pattern, "has a \"{\" without its \"}\"");
      const std::string inside = pattern.substr(i + 1, end - i - 1);
      const size_t colon = inside.find(':');
      Piece piece;
      piece.name = inside.substr(0, colon);
      const std::string format = colon == std::string::npos ? "" : inside.substr(colon + 1);
      if (piece.name.empty() || !read_format(format, piece)) {
        return wrong_pattern(pattern, "has \"{" + inside + "}\", which is no name with a format");
      }
      pieces.push_back(piece);
      pieces.emplace_back();
      i = end;
    } else if (c == '}') {
      return wrong_pattern(pattern, "has a \"}\" without its \"{\"");
    } else {
      pieces.back().text += c;
    }
  }
  return pieces;
}

template <typename Value>
std::string print(const std::string& format, Value value) {
  char text[400];
  std::snprintf(text, sizeof(text), format.c_str(), value);
  return text;
}

// As Python: a float without a type is written in full, with a precision and no type as %g.
std::string write(const Piece& piece, double value, bool whole) {
  if (std::isnan(value)) value = std::fabs(value);  // printf would show its sign
  if (piece.type == "%") return print("%" + piece.flags + "f%%", value * 100);
  if (!piece.type.empty() && piece.type != "d") return print("%" + piece.flags + piece.type, value);
  if (whole) return print("%" + piece.flags + "lld", static_cast<long long>(value));
  if (piece.flags.find('.') != std::string::npos) return print("%" + piece.flags + "g", value);
  std::string text = python_decimal(value);
  const size_t width = piece.flags.empty() ? 0 : std::stoul(piece.flags);
  if (text.size() < width) {
    text.insert(0, width - text.size(), piece.flags[0] == '0' ? '0' : ' ');
  }
  return text;
}

}  // namespace

Expected<std::vector<std::string>> names_in(const std::string& pattern) {
  KILN_ASSIGN(const std::vector<Piece> pieces, read_pattern(pattern));
  std::vector<std::string> names;
  for (const Piece& piece : pieces) {
    if (!piece.name.empty()) names.push_back(piece.name);
  }
  return names;
}

Expected<std::string> format_path(const std::string& pattern, const Metrics& values) {
  KILN_ASSIGN(const std::vector<Piece> pieces, read_pattern(pattern));
  std::string path;
  for (const Piece& piece : pieces) {
    if (piece.name.empty()) {
      path += piece.text;
      continue;
    }
    const auto metric = std::ranges::find(values, piece.name, &Metric::name);
    if (metric != values.end() && !metric->numbers.empty()) {
      return Diagnostic{pattern, "{" + piece.name + "} has several numbers, a path takes one", ""};
    }
    const double* value = find_metric(values, piece.name);
    if (value == nullptr) {
      return Diagnostic{pattern, "there is no value for {" + piece.name + "} now", ""};
    }
    const bool whole = piece.name == "epoch" || piece.name == "batch";
    if (piece.type == "d" && !whole) {
      return wrong_pattern(pattern,
                           "writes {" + piece.name + "}, which is no whole number, as one");
    }
    path += write(piece, *value, whole);
  }
  return path;
}

}  // namespace kiln::runtime
