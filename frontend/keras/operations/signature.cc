#include "frontend/keras/operations/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "frontend/keras/json/config_reader.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Where the first argument of several ends: not within a list.
size_t argument_end(std::string_view text) {
  size_t end = 0;
  for (int depth = 0; end < text.size(); ++end) {
    depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
    if (depth == 0 && (text[end] == ',' || text[end] == ';')) break;
  }
  return end;
}

SignatureArgument parse_argument(std::string_view text, bool of_call) {
  const bool rest = text.starts_with('*');
  if (rest) text.remove_prefix(1);
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {std::string(text), "", of_call, rest};
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), of_call, rest};
}

/// The names of the arguments that a value may go to, for a message.
std::string known_names(const std::vector<SignatureArgument>& signature, bool of_call) {
  std::vector<std::string_view> names;
  for (const SignatureArgument& argument : signature) {
    if (argument.of_call == of_call) names.push_back(argument.name);
  }
  if (names.empty()) return "it takes none";
  return fmt::format("it takes {}", fmt::join(names, ", "));
}

/// Values by the arguments' names. Those of an operation's config that say nothing here are passed
/// over: its name, and the type that Keras's layers compute in.
Status bind_named(const std::vector<SignatureArgument>& signature, const Json& values, bool of_call,
                  std::vector<Json>& bound, std::vector<bool>& is_bound) {
  for (const auto& [name, value] : values.items()) {
    if (!of_call && name == "name") continue;
    size_t at = 0;
    while (at < signature.size() &&
           (signature[at].name != name || signature[at].of_call != of_call))
      ++at;
    if (at == signature.size()) {
      return Diagnostic{"", fmt::format("has no argument \"{}\": {}", name, excerpt(value)),
                        known_names(signature, of_call)};
    }
    if (is_bound[at]) return Diagnostic{"", fmt::format("\"{}\" is given twice", name), ""};
    bound[at] = value;
    is_bound[at] = true;
  }
  return ok();
}

}  // namespace

// 'text' is "text"; the rest is JSON.
Json default_value(std::string_view text) {
  if (text == "None") return nullptr;
  if (text == "True") return true;
  if (text == "False") return false;
  std::string json(text);
  std::replace(json.begin(), json.end(), '\'', '"');
  return Json::parse(json);
}

std::vector<SignatureArgument> parse_signature(std::string_view text) {
  std::vector<SignatureArgument> arguments;
  bool of_call = true;
  while (!text.empty()) {
    const size_t end = argument_end(text);
    const std::string_view argument = trimmed(text.substr(0, end));
    if (!argument.empty()) arguments.push_back(parse_argument(argument, of_call));
    if (end < text.size() && text[end] == ';') of_call = false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return arguments;
}

Expected<std::vector<Json>> bind_arguments(const std::vector<SignatureArgument>& signature,
                                           const Json& args, const Json& kwargs,
                                           const Json& config) {
  std::vector<Json> bound(signature.size());
  std::vector<bool> is_bound(signature.size());
  size_t at = 0;
  for (const Json& value : args) {
    if (at == signature.size() || !signature[at].of_call) {
      return Diagnostic{"", fmt::format("is called with an argument too many: {}", excerpt(value)),
                        known_names(signature, true)};
    }
    is_bound[at] = true;
    if (signature[at].rest) {
      bound[at].push_back(value);
    } else {
      bound[at++] = value;
    }
  }
  KILN_TRY(bind_named(signature, kwargs, true, bound, is_bound));
  KILN_TRY(bind_named(signature, config, false, bound, is_bound));
  for (size_t i = 0; i < signature.size(); ++i) {
    if (is_bound[i]) continue;
    if (signature[i].default_text.empty())
      return Diagnostic{"", fmt::format("its argument \"{}\" is missing", signature[i].name), ""};
    bound[i] = default_value(signature[i].default_text);
  }
  return bound;
}

}  // namespace kiln::keras
