#include "frontend/keras/files/legacy/tensorflow_functions.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/files/legacy/function_table.h"
#include "frontend/keras/files/legacy/graph.h"

namespace kiln::keras::legacy {
namespace {

/// An argument in a function's list.
struct Argument {
  std::string_view name, today;  ///< `today` is empty: it has to be `value` where it is given
  Json value;                    ///< or the default; null: none, or anything
};

std::vector<Argument> arguments_of(const Function& function) {
  std::vector<Argument> result;
  std::string_view text = function.arguments;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const size_t end = word.find_first_of("=?");
    Argument argument{word.substr(0, end), {}, {}};
    std::string_view rest = word.substr(end + 1);
    if (word[end] == '=') {
      argument.today = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(argument.today.size() + 1, rest.size()));
    }
    if (!rest.empty()) argument.value = Json::parse(rest);
    result.push_back(std::move(argument));
  }
  return result;
}

/// The arguments by Keras's names; nothing where one is given that Keras does not know.
std::optional<Json> renamed(const Function& function, const Json& given) {
  const std::vector<Argument> known = arguments_of(function);
  Json result = Json::object();
  for (const auto& [name, value] : given.items()) {
    if (name == "name" || value.is_null()) continue;
    const std::string& own = name;
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&own](const Argument& each) { return each.name == own; });
    if (found == known.end()) return {};
    if (found->today.empty() && value != found->value) return {};
    if (!found->today.empty()) result[std::string(found->today)] = value;
  }
  for (const Argument& each : known) {
    const std::string today(each.today);
    if (!today.empty() && !each.value.is_null() && !result.contains(today))
      result[today] = each.value;
  }
  return result;
}

/// What a function's layer is called with.
struct FunctionCall {
  Json first;    ///< a tensor, a constant, or a list of them
  Json options;  ///< the others, by name
};

/// One operand, [LAYER, 0, 0, {...}] or ["_CONSTANT_VALUE", -1, 1.5, {...}].
std::optional<Json> operand_of(const Json& entry) {
  const bool fits = entry.is_array() && entry.size() >= 3 && entry[0].is_string();
  if (!fits) return {};
  if (entry[0] == "_CONSTANT_VALUE") return Json(entry[2]);
  return is_reference(entry) ? std::optional(tensor(entry)) : std::nullopt;
}

std::optional<FunctionCall> call_of(const Json& layer) {
  const Json nodes = layer.value("inbound_nodes", Json());
  if (!nodes.is_array() || nodes.size() != 1 || !nodes[0].is_array() || nodes[0].empty()) return {};
  const Json& node = nodes[0];
  FunctionCall call;
  const Json& first = node[0].is_array() ? node[0] : node;
  call.options = first.size() == 4 ? with_tensors(first[3]) : Json::object();
  if (!call.options.is_object()) return {};
  if (!node[0].is_array()) {
    const auto operand = operand_of(node);
    if (!operand) return {};
    call.first = *operand;
    return call;
  }
  for (const Json& entry : node) {
    const auto operand = operand_of(entry);
    if (!operand) return {};
    call.first.push_back(*operand);
  }
  return call;
}

bool is_function(const Json& layer) {
  if (!layer.is_object() || !layer.contains("config") || !layer["config"].is_object()) return false;
  const Json class_name = layer.value("class_name", Json());
  return (class_name == "TFOpLambda" || class_name == "SlicingOpLambda") &&
         layer["config"].value("function", Json()).is_string() &&
         layer["config"].value("name", Json()).is_string();
}

std::string text_of(const Json& layer, const char* key) {
  return layer["config"][key].get<std::string>();
}

/// The layers in a function's place; nothing where there are none.
std::optional<std::vector<Json>> replacement_of(const Json& layer) {
  const Function* function = find_function(text_of(layer, "function"));
  const std::optional<FunctionCall> call = call_of(layer);
  if (function == nullptr || !call) return {};
  Json arguments = call->options;
  arguments[std::string(arguments_of(*function)[0].name)] = call->first;
  Replacement result(text_of(layer, "name"));
  if (function->adjust && !function->adjust(arguments, result)) return {};
  if (function->op.empty()) return result.layers();
  const auto today = renamed(*function, arguments);
  if (!today) return {};
  result.add_last(function->op, *today);
  return result.layers();
}

/// Calls use(name) for every layer that `json` refers to.
template <typename Use>
void for_each_name(const Json& json, const Use& use) {
  if (is_reference(json)) use(json[0].get<std::string>());
  if (!json.is_structured()) return;
  if (json.is_object() && json.contains("keras_history") && is_reference(json["keras_history"]))
    return use(json["keras_history"][0].get<std::string>());
  for (const Json& child : json) for_each_name(child, use);
}

/// The names of tf.shape's layers, and of all functions of what they give.
std::set<std::string> functions_of_shapes(const Json& layers) {
  std::set<std::string> shapes;
  for (const Json& layer : layers) {
    if (!is_function(layer)) continue;
    bool of_shapes = false;
    // A reshape to a shape is one of its tensor.
    if (const auto call = call_of(layer)) {
      for_each_name(call->first,
                    [&](const std::string& from) { of_shapes |= shapes.contains(from); });
    }
    const auto function = text_of(layer, "function");
    if (of_shapes || without_version(function) == "shape") shapes.insert(text_of(layer, "name"));
  }
  return shapes;
}

/// Takes out functions of shapes, whose results became numbers; none where a layer reads one.
void forget(const std::set<std::string>& shapes, Json& config) {
  bool is_read = false;
  const auto look = [&](const std::string& name) { is_read |= shapes.contains(name); };
  const auto is_shape = [&](const Json& layer) {
    return is_function(layer) && shapes.contains(text_of(layer, "name"));
  };
  for (const Json& layer : config["layers"]) {
    if (!is_shape(layer)) for_each_name(layer.value("inbound_nodes", Json()), look);
  }
  for_each_name(config.value("output_layers", Json()), look);
  if (is_read) return;
  Json layers = Json::array();
  for (const Json& layer : config["layers"]) {
    if (!is_shape(layer)) layers.push_back(layer);
  }
  config["layers"] = std::move(layers);
}

}  // namespace

void modernize_functions(Json& config) {
  const std::set<std::string> shapes = functions_of_shapes(config["layers"]);
  Json layers = Json::array();
  for (const Json& layer : config["layers"]) {
    const bool is_computed = is_function(layer) && !shapes.contains(text_of(layer, "name"));
    const auto replacement = is_computed ? replacement_of(layer) : std::nullopt;
    if (!replacement) {
      layers.push_back(layer);
      continue;
    }
    for (const Json& each : *replacement) layers.push_back(each);
  }
  config["layers"] = std::move(layers);
  forget(shapes, config);
}

}  // namespace kiln::keras::legacy
