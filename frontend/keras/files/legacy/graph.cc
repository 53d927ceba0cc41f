#include "frontend/keras/files/legacy/graph.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace kiln::keras::legacy {
namespace {

constexpr int64_t kMostApplications = int64_t{1} << 30;

bool is_call(const Json& node) {
  return !node.empty() && std::all_of(node.begin(), node.end(), is_reference);
}

/// A call of a layer with a tensor, with a list or with a dict of them.
Json node_of(const Json& call) {
  Json tensors = call.is_object() ? Json::object() : Json::array();
  Json options = Json::object();
  for (const auto& [key, reference] : call.items()) {
    // All have the same options.
    if (reference.size() == 4 && options.empty()) options = with_tensors(reference[3]);
    if (call.is_object())
      tensors[key] = tensor(reference);
    else
      tensors.push_back(tensor(reference));
  }
  const bool is_one = tensors.is_array() && tensors.size() == 1;
  return {{"args", is_one ? tensors : Json::array({tensors})}, {"kwargs", std::move(options)}};
}

template <typename Visit>
void for_each_reference(Json& json, Visit visit) {
  if (is_reference(json)) {
    visit(json);
    if (json.size() == 4) for_each_reference(json[3], visit);
  } else if (json.is_structured()) {
    for (Json& child : json) for_each_reference(child, visit);
  }
}

/// A model that is a layer of another.
struct Nested {
  bool is_functional;
  int64_t first = kMostApplications;  ///< the number of its first application
};

std::map<std::string, Nested> nested_models(const Json& layers) {
  std::map<std::string, Nested> result;
  for (const Json& layer : layers) {
    if (!layer.is_object() || !layer.contains("name") || !layer["name"].is_string()) continue;
    const Json class_name = layer.value("class_name", Json());
    const bool is_functional = class_name == "Functional" || class_name == "Model";
    if (is_functional || class_name == "Sequential")
      result.emplace(layer["name"].get<std::string>(), Nested{is_functional});
  }
  return result;
}

}  // namespace

bool is_reference(const Json& json) {
  return json.is_array() && (json.size() == 3 || (json.size() == 4 && json[3].is_object())) &&
         json[0].is_string() && json[1].is_number_integer() && json[2].is_number_integer();
}

Json tensor(const Json& reference) {
  return {{"class_name", "__keras_tensor__"},
          {"config", {{"keras_history", {reference[0], reference[1], reference[2]}}}}};
}

Json with_tensors(const Json& value) {
  if (is_reference(value)) return tensor(value);
  if (!value.is_structured()) return value;
  Json result = value;
  for (Json& child : result) child = with_tensors(child);
  return result;
}

void modernize_nodes(Json& inbound_nodes) {
  if (!inbound_nodes.is_array()) return;
  for (Json& node : inbound_nodes) {
    const bool may_be_call = node.is_array() || (node.is_object() && !node.contains("args"));
    if (may_be_call && is_call(node)) node = node_of(node);
  }
}

void modernize_applications(Json& config) {
  std::map<std::string, Nested> models = nested_models(config["layers"]);
  const auto in_nodes = [&](auto visit) {
    for (Json& layer : config["layers"]) {
      if (layer.is_object() && layer.contains("inbound_nodes"))
        for_each_reference(layer["inbound_nodes"], visit);
    }
  };
  const auto in_ports = [&](auto visit) {
    for (auto key : {"input_layers", "output_layers"}) {
      if (config.contains(key)) for_each_reference(config[key], visit);
    }
  };
  const auto look = [&](Json& reference) {
    const auto model = models.find(reference[0].get<std::string>());
    if (model != models.end())
      model->second.first = std::min(model->second.first, reference[1].get<int64_t>());
  };
  // Each is referred to, so that the least number is the first's.
  in_nodes(look);
  in_ports(look);
  const auto count_from = [&](bool is_port) {
    return [&models, is_port](Json& reference) {
      const auto model = models.find(reference[0].get<std::string>());
      const auto application = reference[1].get<int64_t>();
      if (model == models.end() || application < 0 || application > kMostApplications) return;
      const int64_t first = std::clamp<int64_t>(model->second.first, 0, 1);
      reference[1] = application - first + (is_port && model->second.is_functional ? 1 : 0);
    };
  };
  in_nodes(count_from(false));
  in_ports(count_from(true));
}

}  // namespace kiln::keras::legacy
