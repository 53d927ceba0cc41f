#include "frontend/keras/files/vocabularies.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "frontend/keras/json/names.h"
#include "runtime/data/keras/archive.h"
#include "runtime/data/text_file.h"

namespace kiln::keras {
namespace {

constexpr uint64_t kMaxVocabulary = uint64_t{64} << 20;

/// The tokens of a text with one in each line. Empty lines at its end do not count.
std::vector<std::string> tokens_in(std::string_view text) {
  std::vector<std::string> tokens;
  while (!text.empty()) tokens.emplace_back(runtime::take_line(text));
  while (!tokens.empty() && tokens.back().empty()) tokens.pop_back();
  return tokens;
}

Expected<Json> integers_in(std::string_view text, const std::string& where) {
  Json integers = Json::array();
  for (const std::string& line : tokens_in(text)) {
    int64_t value = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc() || stop != line.data() + line.size())
      return Diagnostic{where, fmt::format("\"{}\" is no integer", line), ""};
    integers.push_back(value);
  }
  return integers;
}

bool has_vocabulary(const Json& class_name) {
  return class_name == "IntegerLookup" || class_name == "StringLookup" ||
         class_name == "TextVectorization";
}

/// Puts the vocabulary of a layer's files, under `folder`, into its config.
Status take_vocabulary(const runtime::ZipReader& archive, const std::string& path,
                       const std::string& folder, const Json& class_name, Json& config) {
  const std::string name = folder + "vocabulary.txt";
  if (!config.is_object() || !config.value("vocabulary", Json()).is_null() ||
      archive.find(name) == nullptr)
    return ok();
  KILN_ASSIGN(const runtime::ArchiveEntry entry,
              runtime::read_archive_entry(archive, path, name, kMaxVocabulary));
  const std::string_view text(reinterpret_cast<const char*>(entry.bytes.get()), entry.size);
  if (class_name == "IntegerLookup") {
    KILN_ASSIGN(config["vocabulary"], integers_in(text, fmt::format("{}: {}", path, name)));
  } else {
    config["vocabulary"] = tokens_in(text);
  }
  return ok();
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
    if (has_vocabulary(class_name) && layer.contains("config"))
      KILN_TRY(take_vocabulary(archive, path, own, class_name, layer["config"]));
  }
  return ok();
}

}  // namespace

Status take_vocabularies(const runtime::ZipReader& archive, const std::string& path,
                         Json& definition) {
  return take_from(archive, path, "assets/", definition);
}

}  // namespace kiln::keras
