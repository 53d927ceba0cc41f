#include "frontend/keras/layers/recurrent_cells.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/layers/gru.h"
#include "frontend/keras/layers/lstm.h"
#include "frontend/keras/layers/simple_rnn.h"

namespace kiln::keras {
namespace {

constexpr std::string_view kStacked = "StackedRNNCells";
constexpr std::string_view kModule = "keras.layers";

std::shared_ptr<Recurrent> make_cell(std::string_view class_name) {
  if (class_name == "LSTMCell") return std::make_shared<LSTM>(RecurrentOptions{});
  if (class_name == "GRUCell") return std::make_shared<GRU>(RecurrentOptions{});
  if (class_name == "SimpleRNNCell") return std::make_shared<SimpleRNN>(RecurrentOptions{});
  return nullptr;
}

/// The options that cells have as all layers do.
OptionList base_options(std::string& name, bool& trainable) {
  return {{"name", &name, "unique in its layer", kRequired},
          {"trainable", &trainable, "whether training changes the weights"},
          {"dtype", ComputeType{}, "what the cell computes in"}};
}

OptionList options_of(Recurrent& cell) {
  OptionList options = base_options(cell.name, cell.trainable) + cell.cell_option_list();
  for (Option& option : options) {
    // The layer SimpleRNN does not write its seed, but its cell does.
    if (option.key == "seed") option.flags = kPlain;
  }
  return options;
}

struct ClassAndConfig {
  std::string class_name;
  const Json* config;
};

Expected<ClassAndConfig> parts_of(const Json& json, const std::string& where) {
  if (!json.is_object() || !json.contains("class_name") || !json["class_name"].is_string() ||
      !json.contains("config"))
    return Diagnostic{where, fmt::format("a cell must be an object, not {}", excerpt(json)), ""};
  KILN_TRY(check_is_of_keras(json, "the cell", where));
  return ClassAndConfig{json["class_name"].get<std::string>(), &json["config"]};
}

Expected<std::shared_ptr<Recurrent>> read_cell(const Json& json, const std::string& where) {
  KILN_ASSIGN(const ClassAndConfig parts, parts_of(json, where));
  const std::shared_ptr<Recurrent> cell = make_cell(parts.class_name);
  if (!cell) {
    return Diagnostic{where,
                      fmt::format("cells of class \"{}\" are not supported here", parts.class_name),
                      "kiln takes LSTMCell, GRUCell, SimpleRNNCell, and StackedRNNCells of them"};
  }
  ConfigReader reader(*parts.config, where);
  read_options(options_of(*cell), reader);
  KILN_TRY(reader.finish());
  return cell;
}

Expected<RecurrentCells> read_cells(const Json& json, const std::string& where) {
  KILN_ASSIGN(const ClassAndConfig parts, parts_of(json, where));
  RecurrentCells cells;
  if (parts.class_name != kStacked) {
    KILN_ASSIGN(std::shared_ptr<Recurrent> cell, read_cell(json, where));
    cells.cells.push_back(std::move(cell));
    return cells;
  }
  cells.stacked = true;
  ConfigReader reader(*parts.config, where);
  bool trainable = true;
  read_options(base_options(cells.name, trainable), reader);
  const Json& list = reader.value("cells");
  KILN_TRY(reader.finish());
  if (!list.is_array() || list.empty())
    return Diagnostic{where, fmt::format("\"cells\" must be a list, not {}", excerpt(list)), ""};
  for (const Json& each : list) {
    KILN_ASSIGN(std::shared_ptr<Recurrent> cell, read_cell(each, where));
    cell->trainable = cell->trainable && trainable;
    cells.cells.push_back(std::move(cell));
  }
  return cells;
}

Json write_cell(Recurrent& cell, ConfigKind kind) {
  Json config = Json::object();
  write_options(options_of(cell), config, kind);
  return write_object(kModule, cell.cell_class(), std::move(config));
}

void read(RecurrentCells& cells, const OptionReading& from) {
  if (!from.is_none()) from.keep(cells, read_cells(from.value(), from.where()));
}

Json write(const RecurrentCells& cells, ConfigKind kind) {
  if (cells.cells.empty()) return nullptr;
  if (!cells.stacked) return write_cell(*cells.cells[0], kind);
  Json config = Json::object(), list = Json::array();
  std::string name = cells.name;
  bool trainable = true;
  write_options(base_options(name, trainable), config, kind);
  for (const auto& cell : cells.cells) list.push_back(write_cell(*cell, kind));
  config["cells"] = std::move(list);
  return write_object(kModule, kStacked, std::move(config));
}

}  // namespace

void RecurrentCells::fill_in_names() {
  AutoNames names;
  for (const auto& cell : cells) {
    const std::string own = names.next(cell->cell_class());
    if (cell->name.empty()) cell->name = own;
  }
  if (stacked && name.empty()) name = to_snake_case(kStacked);
}

std::string RecurrentCells::prefix(size_t cell) const {
  const std::string& own = cells[cell]->name;
  return stacked ? fmt::format("{}/{}", name, own) : own;
}

std::vector<std::string> RecurrentCells::objects() const {
  if (!stacked) return {"cell"};
  AutoNames names;
  std::vector<std::string> objects;
  for (const auto& cell : cells) objects.push_back("cell/cells/" + names.next(cell->cell_class()));
  return objects;
}

const ObjectKind& object_kind(const RecurrentCells*) {
  static constexpr ObjectKind kKind = object_kind_of<RecurrentCells, read, write>("cell");
  return kKind;
}

}  // namespace kiln::keras
