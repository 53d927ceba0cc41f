#include "frontend/keras/files/archive.h"

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "frontend/keras/files/layout.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/files/vocabularies.h"
#include "frontend/keras/files/weights_h5.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/json/json_text.h"
#include "runtime/data/keras/archive.h"
#include "runtime/data/zip_writer.h"

namespace kiln::keras {
namespace {

using runtime::ArchiveEntry;
using runtime::kArchiveConfig;
using runtime::kArchiveMetadata;
using runtime::kArchiveWeights;
using runtime::NamedArray;
using runtime::ZipReader;

constexpr uint64_t kMaxConfig = uint64_t{32} << 20;

// The version whose format it is. The date is always the same: so are the bytes of the same model.
constexpr std::string_view kMetadataText =
    R"({"keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00"})";

Expected<Json> read_json(const ZipReader& archive, const std::string& path, const char* name) {
  KILN_ASSIGN(const ArchiveEntry entry,
              runtime::read_archive_entry(archive, path, name, kMaxConfig));
  return parse_json({reinterpret_cast<const char*>(entry.bytes.get()), entry.size},
                    path + ": " + name);
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
Status note_version(const ZipReader& archive, const std::string& path, Json& json) {
  if (archive.find(kArchiveMetadata) == nullptr || !json.is_object()) return ok();
  KILN_ASSIGN(const Json metadata, read_json(archive, path, kArchiveMetadata));
  if (metadata.is_object() && metadata.contains("keras_version"))
    json["keras_version"] = metadata["keras_version"];
  return ok();
}

/// The definition, with the learning rate that training has come to, as Keras writes it.
Expected<std::string> config_of(const Model& model, const std::vector<NamedArray>& optimizer) {
  KILN_ASSIGN(Json json, write_model(model));
  const runtime::Array* rate = runtime::find_array(optimizer, "optimizer/learning_rate");
  if (model.compile_options && rate != nullptr && rate->type == KILN_F32) {
    json["compile_config"]["optimizer"]["config"]["learning_rate"] =
        static_cast<double>(rate->as<float>()[0]);
  }
  return write_json(json);
}

}  // namespace

Expected<SavedModel> read_archive(const std::string& path) {
  SavedModel saved;
  KILN_ASSIGN(saved.model, read_archive_model(path));
  KILN_ASSIGN(SavedWeights values, read_archive_weights(saved.model, path));
  // The archive's own optimizer wrote the state.
  if (!values.note.empty())
    return Diagnostic{path, values.note, "the archive contradicts itself: save the model anew"};
  saved.weights = std::move(values.weights);
  saved.optimizer = std::move(values.optimizer);
  saved.has_optimizer = values.has_optimizer;
  return saved;
}

Expected<Model> read_archive_model(const std::string& path) {
  KILN_ASSIGN(const ZipReader archive, runtime::open_archive(path));
  KILN_ASSIGN(Json json, read_json(archive, path, kArchiveConfig));
  KILN_TRY(note_version(archive, path, json));
  forget_sharing(json);
  KILN_TRY(take_vocabularies(archive, path, json));
  return parse_model(write_json(json), path);
}

Expected<SavedWeights> read_archive_weights(const Model& model, const std::string& path) {
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  return runtime::read_archive_weights(layout, path);
}

Status write_archive(const std::string& path, const Model& model,
                     const std::vector<NamedArray>& weights,
                     const std::vector<NamedArray>& optimizer) {
  KILN_ASSIGN(const std::vector<std::byte> values,
              format_weights_h5(path, model, weights, optimizer));
  KILN_ASSIGN(const std::string config, config_of(model, optimizer));
  KILN_ASSIGN(runtime::ZipWriter archive, runtime::ZipWriter::create(path));
  KILN_TRY(archive.add(kArchiveMetadata, {std::as_bytes(std::span(kMetadataText))}));
  KILN_TRY(archive.add(kArchiveConfig, {std::as_bytes(std::span(config))}));
  KILN_TRY(archive.add(kArchiveWeights, {values}));
  return archive.finish();
}

}  // namespace kiln::keras
