#include "frontend/keras/json/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

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

}  // namespace

Expected<Json> parse_json(std::string_view text, const std::string& source) {
  if (text.empty()) return Diagnostic{source, "the file is empty", "write it with model.to_json()"};
  bool too_deep = false;
  auto limit_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDeepest;
    return !too_deep;
  };
  try {
    Json json = Json::parse(text.begin(), text.end(), limit_depth);
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

}  // namespace kiln::keras
