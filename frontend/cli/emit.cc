#include "frontend/cli/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "codegen/library/interface.h"
#include "runtime/base/spelling.h"

namespace kiln::cli {
namespace {

struct Named {
  std::string_view name;
  Emit kind;
};

constexpr Named kKinds[] = {{"exe", Emit::exe},
                            {"lib", Emit::lib},
                            {"shared", Emit::shared},
                            {"object", Emit::object},
                            {"kir", Emit::kir}};

Expected<Emit> parse_kind(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Named& each : kKinds) {
    if (each.name == name) return each.kind;
    names.push_back(each.name);
  }
  std::string note = did_you_mean(name, names);
  if (note.empty()) note = fmt::format("kinds: {}", fmt::join(names, ", "));
  return Diagnostic{"--emit", fmt::format("there is no kind \"{}\"", name), std::move(note)};
}

/// The output's name without folder, "lib" and extension.
std::string stem(const std::string& output) {
  std::string stem = std::filesystem::path(output).stem().string();
  if (stem.starts_with("lib") && stem.size() > 3) stem.erase(0, 3);
  return stem;
}

std::string beside(const std::string& output, const std::string& name) {
  return std::filesystem::path(output).replace_filename(name).string();
}

}  // namespace

Expected<std::vector<Emit>> parse_emit(const std::string& list) {
  std::vector<Emit> kinds;
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(',', at), list.size());
    const std::string name = list.substr(at, end - at);
    KILN_ASSIGN(const Emit kind, parse_kind(name));
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
      return Diagnostic{"--emit", fmt::format("\"{}\" stands there twice", name), ""};
    kinds.push_back(kind);
    at = end + 1;
  }
  return kinds;
}

bool is_library(Emit kind) {
  return kind == Emit::lib || kind == Emit::shared || kind == Emit::object;
}

std::string library_name(const std::string& output) { return codegen::c_identifier(stem(output)); }

std::string path_of(Emit kind, const std::string& output, bool is_only_kind,
                    const std::string& library) {
  if (is_only_kind) return output;
  switch (kind) {
    case Emit::exe:
      break;
    case Emit::lib:
      return beside(output, fmt::format("lib{}.a", library));
    case Emit::shared:
      return beside(output, fmt::format("lib{}.so", library));
    case Emit::object:
      return output + ".o";
    case Emit::kir:
      return output + ".kir";
  }
  return output;
}

std::string header_path(const std::string& output) { return beside(output, stem(output) + ".h"); }

}  // namespace kiln::cli
