#include "frontend/keras/files/vocabularies.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "frontend/keras/json/names.h"
#include "runtime/data/keras/archive.h"

namespace kiln::keras {
namespace {

constexpr uint64_t kMaxVocabulary = uint64_t{64} << 20;

/// The integers of a text with one in each line. Empty lines at its end do not count.
Expected<Json> integers_of(std::string_view text, const std::string& where) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  Json integers = Json::array();
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    int64_t value = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc() || stop != line.data() + line.size())
      return Diagnostic{where, fmt::format("\"{}\" is no integer", line), ""};
    integers.push_back(value);
  }
  return integers;
}

/// Of the layers of the model whose files are under `folder`, "assets/".
Status take_from(const runtime::ZipReader& archive, const std::string& path,
                 const std::string& folder, Json& model) {
  if (!model.is_object() || !model.contains("config") || !model["config"].is_object()) return ok();
  const auto layers = model["config"].find("layers");
  if (layers == model["config"].end() || !layers->is_array()) return ok();
  AutoNames groups;
  for (Json& layer : *layers) {
    const Json class_name = layer.is_object() ? layer.value("class_name", Json()) : Json();
    if (!class_name.is_string()) continue;
    const std::string own = folder + "layers/" + groups.next(class_name.get<std::string>()) + "/";
    KILN_TRY(take_from(archive, path, own, layer));
    if (class_name != "IntegerLookup" || !layer.contains("config")) continue;
    const std::string name = own + "vocabulary.txt";
    Json& config = layer["config"];
    if (!config.is_object() || !config.value("vocabulary", Json()).is_null() ||
        archive.find(name) == nullptr)
      continue;
    KILN_ASSIGN(const runtime::ArchiveEntry entry,
                runtime::read_archive_entry(archive, path, name, kMaxVocabulary));
    const std::string_view text(reinterpret_cast<const char*>(entry.bytes.get()), entry.size);
    KILN_ASSIGN(config["vocabulary"], integers_of(text, fmt::format("{}: {}", path, name)));
  }
  return ok();
}

}  // namespace

Status take_vocabularies(const runtime::ZipReader& archive, const std::string& path,
                         Json& definition) {
  return take_from(archive, path, "assets/", definition);
}

}  // namespace kiln::keras
