#include "frontend/keras/files/archive.h"

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/files/vocabularies.h"
#include "frontend/keras/files/weights_h5.h"
#include "frontend/keras/files/zip_file.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/json/json_text.h"

namespace kiln::keras {
namespace {

using runtime::NamedArray;

const char* const kConfig = "config.json";
const char* const kMetadata = "metadata.json";
const char* const kWeights = "model.weights.h5";

constexpr uint64_t kMaxConfig = uint64_t{32} << 20;
constexpr uint64_t kMaxWeights = uint64_t{1} << 40;

// The version whose format it is. The date is always the same: so are the bytes of the same model.
constexpr std::string_view kMetadataText =
    R"({"keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00"})";

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ZipPart part(const char* name, std::string_view text) {
  return {name, std::as_bytes(std::span(text))};
}

/// Takes out the marks of objects that several others share, which Keras puts into archives but not
/// into model.to_json(): a dtype policy or an initializer means the same without. Those of layers
/// stay: there they say whose weights are the same.
void forget_sharing(Json& json) {
  if (json.is_object() && json.contains("class_name")) {
    const auto module = json.find("module");
    const bool is_layer = module == json.end() || *module == "keras" || *module == "keras.layers";
    if (!is_layer || json["class_name"] == "DTypePolicy") json.erase("shared_object_id");
  }
  if (!json.is_structured()) return;
  for (Json& child : json) forget_sharing(child);
}

/// Says in the definition which Keras wrote the archive.
Status note_version(const ZipFile& archive, const std::string& path, Json& json) {
  if (!archive.has(kMetadata) || !json.is_object()) return ok();
  KILN_ASSIGN(const std::vector<std::byte> bytes, archive.read(kMetadata, kMaxConfig));
  KILN_ASSIGN(const Json metadata, parse_json(text_of(bytes), path + ": " + kMetadata));
  if (metadata.is_object() && metadata.contains("keras_version"))
    json["keras_version"] = metadata["keras_version"];
  return ok();
}

Expected<Model> read_definition(const ZipFile& archive, const std::string& path) {
  KILN_ASSIGN(const std::vector<std::byte> config, archive.read(kConfig, kMaxConfig));
  KILN_ASSIGN(Json json, parse_json(text_of(config), path + ": " + kConfig));
  KILN_TRY(note_version(archive, path, json));
  forget_sharing(json);
  KILN_TRY(take_vocabularies(archive, path, json));
  return parse_model(json.dump(), path);
}

Expected<SavedWeights> read_weights(const ZipFile& archive, const Model& model,
                                    const std::string& path, const LoadingRules& rules = {}) {
  if (!archive.has(kWeights) && archive.has("model.weights.npz")) {
    return Diagnostic{path, "keeps its weights as model.weights.npz, which is not supported",
                      "save the model with Keras's save()"};
  }
  KILN_ASSIGN(const std::vector<std::byte> bytes, archive.read(kWeights, kMaxWeights));
  return parse_weights_h5(model, path + ": " + kWeights, bytes, rules);
}

/// The definition, with the learning rate that training has come to, as Keras writes it.
Expected<std::string> config_of(const Model& model, const std::vector<NamedArray>& optimizer) {
  KILN_ASSIGN(Json json, write_model(model));
  const runtime::Array* rate = runtime::find_array(optimizer, "optimizer/learning_rate");
  if (model.compile_options && rate != nullptr && rate->type == KILN_F32) {
    json["compile_config"]["optimizer"]["config"]["learning_rate"] =
        static_cast<double>(rate->as<float>()[0]);
  }
  return json.dump();
}

}  // namespace

Expected<SavedModel> read_archive(const std::string& path) {
  KILN_ASSIGN(const ZipFile archive, ZipFile::open(path));
  SavedModel saved;
  KILN_ASSIGN(saved.model, read_definition(archive, path));
  KILN_ASSIGN(SavedWeights values, read_weights(archive, saved.model, path));
  // The archive's own optimizer wrote the state.
  if (!values.note.empty())
    return Diagnostic{path, values.note, "the archive contradicts itself: save the model anew"};
  saved.weights = std::move(values.weights);
  saved.optimizer = std::move(values.optimizer);
  saved.has_optimizer = values.has_optimizer;
  return saved;
}

bool is_archive(const std::string& path) {
  const auto zip = ZipFile::open(path);
  return zip && (zip->has(kConfig) || zip->has(kWeights));
}

Expected<Model> read_archive_model(const std::string& path) {
  KILN_ASSIGN(const ZipFile archive, ZipFile::open(path));
  return read_definition(archive, path);
}

Expected<SavedWeights> read_archive_weights(const Model& model, const std::string& path,
                                            const LoadingRules& rules) {
  KILN_ASSIGN(const ZipFile archive, ZipFile::open(path));
  return read_weights(archive, model, path, rules);
}

Status write_archive(const std::string& path, const Model& model,
                     const std::vector<NamedArray>& weights,
                     const std::vector<NamedArray>& optimizer) {
  KILN_ASSIGN(const std::vector<std::byte> values,
              format_weights_h5(path, model, weights, optimizer));
  KILN_ASSIGN(const std::string config, config_of(model, optimizer));
  return write_zip(path,
                   {part(kMetadata, kMetadataText), part(kConfig, config), {kWeights, values}});
}

}  // namespace kiln::keras
