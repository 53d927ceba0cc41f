#include "frontend/keras/json/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace kiln::keras {
namespace {

/// Deeper text is no model, and could exhaust the stack of whoever walks it.
constexpr int kDeepest = 200;

std::string position(std::string_view text, size_t byte, const std::string& source) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("{}:{}:{}", source, line, before.size() - line_start + 1);
}

/// The parser's words without its own prefix: "unexpected '}'; expected string literal".
std::string reason(std::string_view what) {
  const size_t dash = what.find(" - ");
  if (dash != std::string_view::npos) what.remove_prefix(dash + 3);
  return std::string(what.substr(0, 200));
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What Python calls a number, and a number of JSON's that is as long, so that errors stay where
/// they are.
struct NonfiniteNumber {
  std::string_view name, placeholder;
  double value;
};
constexpr std::array<NonfiniteNumber, 3> kNonfiniteNumbers{
    {{"NaN", "0.0", std::numeric_limits<double>::quiet_NaN()},
     {"Infinity", "0.000000", kInfinity},
     {"-Infinity", "-0.000000", -kInfinity}}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_of_number(char c) {
  return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/// JSON in which other numbers stand for those that it cannot say. No spelling tells these from
/// numbers that somebody wrote; their place among all numbers does.
class FiniteText {
 public:
  explicit FiniteText(std::string_view text) : text_(text) {
    for (size_t at = 0; at < text_.size();) at = end_of_token(at);
  }

  const std::string& text() const { return text_; }

  /// Called for every number of the text in turn: gives it the value that it stands for.
  void restore(Json& number) {
    if (next_ < replaced_.size() && replaced_[next_].first == seen_)
      number = replaced_[next_++].second;
    ++seen_;
  }

 private:
  size_t end_of_token(size_t at) {
    if (text_[at] == '"') return end_of_string(at);
    for (const NonfiniteNumber& number : kNonfiniteNumbers) {
      const size_t end = at + number.name.size();
      if (text_.compare(at, number.name.size(), number.name) != 0) continue;
      if (end < text_.size() && (is_letter(text_[end]) || is_of_number(text_[end]))) continue;
      text_.replace(at, number.name.size(), number.placeholder);
      replaced_.emplace_back(count_++, number.value);
      return end;
    }
    size_t end = at + 1;
    if (is_letter(text_[at])) {
      while (end < text_.size() && is_letter(text_[end])) ++end;
    } else if (is_of_number(text_[at])) {
      while (end < text_.size() && is_of_number(text_[end])) ++end;
      ++count_;
    }
    return end;
  }

  size_t end_of_string(size_t at) const {
    for (++at; at < text_.size() && text_[at] != '"'; ++at) at += text_[at] == '\\' ? 1 : 0;
    return at + 1;
  }

  std::string text_;
  std::vector<std::pair<size_t, double>> replaced_;
  size_t count_ = 0;            ///< numbers found
  size_t seen_ = 0, next_ = 0;  ///< numbers restored, and replaced ones among them
};

void write(const Json& json, int indent, int column, std::string& text) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) {
    const double value = json.get<double>();
    text += std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  if (!json.is_structured() || json.empty()) {
    text += json.dump();
    return;
  }
  const bool lines = indent >= 0;
  const int inner = lines ? column + indent : 0;
  bool first = true;
  text += json.is_object() ? '{' : '[';
  for (const auto& [key, value] : json.items()) {
    if (!first) text += ',';
    first = false;
    if (lines) text.append(1, '\n').append(static_cast<size_t>(inner), ' ');
    if (json.is_object()) text += Json(key).dump() + (lines ? ": " : ":");
    write(value, indent, inner, text);
  }
  if (lines) text.append(1, '\n').append(static_cast<size_t>(column), ' ');
  text += json.is_object() ? '}' : ']';
}

}  // namespace

Expected<Json> parse_json(std::string_view text, const std::string& source) {
  if (text.empty()) return Diagnostic{source, "the file is empty", "write it with model.to_json()"};
  FiniteText finite(text);
  bool too_deep = false;
  auto on_value = [&](int depth, Json::parse_event_t event, Json& value) {
    too_deep = too_deep || depth > kDeepest;
    if (event == Json::parse_event_t::value && value.is_number()) finite.restore(value);
    return !too_deep;
  };
  try {
    Json json = Json::parse(finite.text(), on_value);
    if (too_deep) return Diagnostic{source, "is nested too deeply to be a model", ""};
    return json;
  } catch (const Json::parse_error& error) {
    if (error.byte > text.size()) {
      return Diagnostic{position(text, text.size(), source), "the file ends too early",
                        "it seems to be cut off; copy it again"};
    }
    return Diagnostic{position(text, error.byte > 0 ? error.byte - 1 : 0, source),
                      "is not valid JSON: " + reason(error.what()),
                      "write it with model.to_json()"};
  } catch (const Json::exception& error) {
    return Diagnostic{source, "is not valid JSON: " + reason(error.what()), ""};
  }
}

std::string write_json(const Json& json, int indent) {
  std::string text;
  write(json, indent, 0, text);
  return text;
}

}  // namespace kiln::keras
