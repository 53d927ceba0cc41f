#include "ir/placement.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace kiln::ir {
namespace {

using Space = Placement::Space;

/// How each space is spelled, up to its offset, number or name.
constexpr std::pair<Space, std::string_view> kPrefixes[] = {{Space::arena, "arena+"},
                                                            {Space::state, "state:"},
                                                            {Space::output, "output:"},
                                                            {Space::carry, "carry:"},
                                                            {Space::stack, "stack:"}};

bool is_named(Space space) { return space == Space::state || space == Space::output; }

/// A whole number that is not negative, and nothing else.
std::optional<int64_t> to_index(std::string_view text) {
  int64_t number = -1;
  const char* last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc() || end != last || number < 0) return {};
  return number;
}

}  // namespace

std::string Placement::to_string() const {
  for (const auto& [prefixed, prefix] : kPrefixes) {
    if (prefixed == space)
      return is_named(space) ? fmt::format("{}{}", prefix, name)
                             : fmt::format("{}{}", prefix, index);
  }
  return "";
}

Expected<Placement> parse_placement(std::string_view text) {
  for (const auto& [space, prefix] : kPrefixes) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view rest = text.substr(prefix.size());
    if (is_named(space)) return Placement{space, 0, std::string(rest)};
    if (const auto index = to_index(rest)) return Placement{space, *index, ""};
  }
  return Diagnostic{"", not_a_placement(text), ""};
}

std::string not_a_placement(std::string_view text) {
  return fmt::format(
      "a buffer must be arena+OFFSET, state:VARIABLE, output:NAME or, in a scan, carry:INDEX or "
      "stack:INDEX, not \"{}\"",
      text);
}

}  // namespace kiln::ir
