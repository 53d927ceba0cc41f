#include "frontend/keras/layers/layer_option.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/options/object_kind.h"

namespace kiln::keras {
namespace {

/// The layer under that key. Null where the key is absent or null.
Expected<LayerPointer> read_inner_layer(ConfigReader& config, std::string_view key) {
  const Json& json = config.value(key);
  if (json.is_null()) return LayerPointer();
  if (!json.is_object() || !json.contains("class_name") || !json["class_name"].is_string() ||
      !json.contains("config")) {
    return Diagnostic{config.where(),
                      fmt::format("\"{}\" must be a layer, not {}", key, excerpt(json)), ""};
  }
  KILN_TRY(check_is_of_keras(json, fmt::format("\"{}\"", key), config.where()));
  return read_layer(json["class_name"].get<std::string>(), json["config"], config.where());
}

void read(LayerPointer& layer, const OptionReading& from) {
  if (from.is_none()) return;
  from.keep(layer, read_inner_layer(from.config, from.key));
}
Json write(const LayerPointer& layer, ConfigKind kind) {
  return layer ? write_layer(*layer, kind) : Json();
}

void read(std::shared_ptr<RecurrentLayer>& recurrent, const OptionReading& from) {
  LayerPointer layer;
  read(layer, from);
  if (!layer) return;
  recurrent = std::dynamic_pointer_cast<RecurrentLayer>(layer);
  if (recurrent) return;
  from.config.fail(fmt::format("\"{}\" must be a recurrent layer, such as LSTM, not a {}", from.key,
                               layer->class_name()));
}
Json write(const std::shared_ptr<RecurrentLayer>& layer, ConfigKind kind) {
  return layer ? write_layer(*layer, kind) : Json();
}

}  // namespace

const ObjectKind& object_kind(const LayerPointer*) {
  static constexpr ObjectKind kKind = object_kind_of<LayerPointer, read, write>("layer");
  return kKind;
}

const ObjectKind& object_kind(const std::shared_ptr<RecurrentLayer>*) {
  static constexpr ObjectKind kKind =
      object_kind_of<std::shared_ptr<RecurrentLayer>, read, write>("recurrent layer");
  return kKind;
}

}  // namespace kiln::keras
